/** `node kiosk-process.fixture.ts <config.json>`: the real server as a process of its own, with the test's authority over HTTP. */
import { AuthorityUnavailable, type CertificationAuthority } from "@mitome/ra";
import { startKioskServer } from "./kiosk-server.ts";
import { createLog } from "./log.ts";
import { readSettings } from "./server-settings.ts";

const settings = readSettings(process.argv[2] ?? "");

const ask = async (method: string, input: unknown[]): Promise<unknown> => {
  const response = await fetch(settings.authority.url, { method: "POST", body: JSON.stringify({ method, input }) });
  if (!response.ok) throw new AuthorityUnavailable("authorityUnreachable");
  return response.json();
};
// Every call of the port goes the same way.
const authority = new Proxy({} as CertificationAuthority, {
  get:
    (_, method) =>
    (...input: unknown[]) =>
      ask(String(method), input),
});

const server = await startKioskServer(settings, {
  log: createLog(),
  clock: () => new Date(),
  pages: null,
  renderPdf: async () => Buffer.from("%PDF"),
  authority,
});
process.stdout.write(`${JSON.stringify({ ready: true, http: server.http.port })}\n`);
