/** `node apps/kiosk/server/main.ts <config.json>`: the server of a municipality's counters. */
import { startKioskServer } from "./kiosk-server.ts";
import { createLog, faultOf } from "./log.ts";
import { openPages } from "./pages.ts";
import { createRenderer } from "./renderer.ts";
import { readSettings } from "./server-settings.ts";

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write("usage: node apps/kiosk/server/main.ts <config.json>\n");
  process.exit(2);
}

const settings = readSettings(file);
const log = createLog();
process.on("unhandledRejection", (error) => log("K041", faultOf(error)));

const pages = settings.pages ? await openPages() : null;
const renderer = createRenderer(settings.chromium, settings.temporaryDirectory);
const server = await startKioskServer(settings, {
  log,
  clock: () => new Date(),
  pages: pages?.handle ?? null,
  renderPdf: renderer.renderPdf,
});

const stop = async (): Promise<void> => {
  log("K002");
  await server.close();
  await Promise.all([pages?.close(), renderer.close()]);
  process.exit(0);
};
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());

log("K001", { http: server.http.port, gateway: server.gateway.port });
process.stdout.write(
  `${JSON.stringify({ ready: true, http: `${settings.listen.host}:${server.http.port}`, gateway: `${settings.gateway.host}:${server.gateway.port}` })}\n`,
);
