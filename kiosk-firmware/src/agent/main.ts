import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { equipmentIdentityIn } from "@mitome/x509";
import { Agent } from "./agent.ts";
import { agentConfiguration } from "./agent-configuration.ts";
import { GatewayConnection } from "./gateway-connection.ts";
import { Journal } from "./journal.ts";
import { openLog } from "./log.ts";
import { PcscClient } from "./pcsc-client.ts";
import { SessionKey } from "./session-key.ts";

// node kiosk-firmware/src/agent/main.ts <config.json>
const configuration = agentConfiguration.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const { terminal, authority, readerPrefix, pcscSocket, crashAt } = configuration;
const log = openLog(terminal);
const now = (): Date => new Date();

const pem = (path: string): string => readFileSync(path, "utf8");
const cert = pem(configuration.tls.cert);
const key = pem(configuration.tls.key);
const certificate = new X509Certificate(cert);
const identity = equipmentIdentityIn(certificate.raw);
if (identity?.kind !== "agent" || identity.place !== terminal || identity.authority !== authority) {
  throw new Error("the certificate is not this terminal's");
}
const { municipality } = identity;

const crashPoint = (name: string): void => {
  if (name === crashAt) process.kill(process.pid, "SIGKILL");
};

const journal = new Journal(configuration.journal, now);
const pcsc = new PcscClient({ readerPrefix, ...(pcscSocket === undefined ? {} : { pcscSocket }) });
pcsc.on("childEnded", () => log("pcscProcessEnded"));
const ca = pem(configuration.tls.ca);
const gateway = new GatewayConnection({ url: configuration.gatewayUrl, ca, cert, key, authority, municipality });
gateway.on("close", () => log("disconnected"));
const sessionKey = await SessionKey.make(terminal, createPrivateKey(key), certificate);
const root = new X509Certificate(pem(configuration.equipmentRoot));
new Agent({
  pcsc,
  gateway,
  journal,
  sessionKey,
  trust: { root, authority, municipality, terminal },
  crashPoint,
  log,
  now,
});
gateway.start();

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    gateway.stop();
    pcsc.stop();
    journal.close();
    process.exit(0);
  });
}
console.log(JSON.stringify({ ready: true, terminal, municipality }));
