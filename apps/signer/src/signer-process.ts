import { argv, exit, stdout } from "node:process";
import pino from "pino";
import { CannotStart } from "./cannot-start.ts";
import { startSigner } from "./signer.ts";
import { readSignerConfiguration } from "./signer-configuration.ts";

// One signer, until SIGTERM or SIGINT.
process.umask(0o077);
const log = pino({ name: "signer" }, pino.destination({ fd: 2, sync: true }));
const [, , file] = argv;
if (file === undefined) {
  log.fatal({ code: "noConfiguration" }, "usage: main.ts <config.json>");
  exit(2);
}
const configuration = readSignerConfiguration(file);
const signer = await startSigner(configuration, (notice) => {
  if (notice.code === "tokenState" && notice.state !== "unavailable") log.info(notice, notice.code);
  else log.warn(notice, notice.code);
}).catch((error: unknown) => {
  if (!(error instanceof CannotStart)) throw error;
  log.fatal({ code: "cannotStart" }, error.message);
  exit(1);
});

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void signer.stop().then(() => exit(0));
  });
}
const { instance, socket, operatorSocket } = configuration;
stdout.write(`${JSON.stringify({ ready: true, instance, socket, operatorSocket })}\n`);
