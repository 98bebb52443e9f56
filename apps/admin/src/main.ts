/** The operators' desk: `node apps/admin/src/main.ts <config.json>`. It has no ledger and no key but its machine's own. */
import { readFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import { createOperatorsClient } from "@mitome/ca-api/client";
import { type DeskConfiguration, readDeskConfiguration } from "./configuration.ts";
import { deskListener } from "./desk-listener.ts";
import { log } from "./log.ts";

async function serve({ listen, operator, authority }: DeskConfiguration): Promise<void> {
  const read = (file: string) => readFileSync(file, "utf8");
  const root = read(authority.root);
  const machine = { url: authority.url, root, certificate: read(authority.certificate), key: read(authority.key) };
  const client = createOperatorsClient({ ...machine, connections: 4 }, operator);
  const server = deskListener({ client, operator, root, now: () => new Date() });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : listen.port;
  const host = listen.host === "::1" ? "[::1]" : listen.host;
  stdout.write(`${JSON.stringify({ ready: true, listen: `http://${host}:${port}` })}\n`);
  log("info", "AD001");

  const stop = async () => {
    log("info", "AD002");
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await client.close();
    exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

process.umask(0o077);
const [, , file] = argv;
if (file === undefined) {
  stderr.write("usage: main.ts <config.json>\n");
  exit(2);
}
await serve(readDeskConfiguration(file));
