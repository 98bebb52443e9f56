import { chmodSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { AccessSpool } from "./access-spool.ts";
import type { ListenerConfiguration, ResponderConfiguration } from "./configuration.ts";
import { Issuers } from "./issuers.ts";
import { log } from "./log.ts";
import { ocspListener } from "./ocsp-listener.ts";
import type { AccessRecords, StatusSource, VerifierRegistry } from "./ports.ts";
import { PreparedAnswers } from "./prepared-answers.ts";
import { PemResponseSigner } from "./response-signer.ts";

/** The world that a responder stands in. */
export interface ResponderPorts {
  readonly status: StatusSource;
  readonly registry: VerifierRegistry;
  readonly records: AccessRecords;
  readonly now: () => Date;
}

/** A responder that answers. */
export interface RunningResponder {
  /** URLs, or paths of sockets, in the order of the configuration. */
  readonly listening: readonly string[];
  stop(): Promise<void>;
}

/** Starts answering; throws when a certificate, key or place of the configuration cannot be used. */
export async function startResponder(
  configuration: ResponderConfiguration,
  { status, registry, records, now }: ResponderPorts,
): Promise<RunningResponder> {
  const issuers = new Issuers(
    configuration.generations.map(({ authority, generation, ...files }) => ({
      ...{ authority, generation },
      issuerCertificate: readFileSync(files.issuerCertificate),
      responderCertificate: readFileSync(files.responderCertificate),
      signer: new PemResponseSigner(readFileSync(files.responderKey, "utf8")),
    })),
  );
  const { answerLife, patience, preparedAnswers, spool: directory, mostWaitingRecords: most } = configuration;
  const answers = new PreparedAnswers({ status, answerLife: answerLife * 1_000, patience, now }, preparedAnswers);
  const spool = new AccessSpool(records, { directory, most, onFailure: () => log("warn", "RS004") });
  const left = await spool.start();
  if (left > 0) log("info", "RS005", { files: left });
  const keepRecord = spool.append.bind(spool);
  const servers = configuration.listeners.map((place) => ({
    place,
    server: ocspListener(place, { issuers, registry, answers, keepRecord, now }),
  }));
  const listening = await Promise.all(servers.map(({ server, place }) => bind(server, place)));
  return {
    listening,
    async stop() {
      await Promise.all(servers.map(({ server }) => close(server)));
      await spool.close();
    },
  };
}

async function bind(server: Server, place: ListenerConfiguration): Promise<string> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
  });
  if (place.kind === "behindProxy") {
    // What an earlier process of this name left; one that still runs has lost it then, and its proxy shows it.
    rmSync(place.socket, { force: true });
    server.listen(place.socket);
    await listening;
    // The proxy is of the directory's group.
    chmodSync(place.socket, 0o660);
    return place.socket;
  }
  server.listen({ host: place.host, port: place.port, reusePort: place.shared });
  await listening;
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : place.port;
  return `${place.kind}://${place.host}:${port}`;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
}
