import { fileURLToPath } from "node:url";
import type { PageHandler } from "./http-listener.ts";

/** The built pages of this app. Next is loaded here and nowhere else; it serves pages and holds no data. */
export async function openPages(): Promise<{ readonly handle: PageHandler; close(): Promise<void> }> {
  // Next speaks on standard output, where only our one line of JSON belongs.
  console.log = console.error;
  const { default: next } = await import("next");
  const app = next({ dir: fileURLToPath(new URL("..", import.meta.url)), dev: false });
  await app.prepare();
  const handler = app.getRequestHandler();
  return { handle: (request, response) => handler(request, response), close: () => app.close() };
}
