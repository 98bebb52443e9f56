import { readFileSync } from "node:fs";
import { AccessSpool } from "./access-spool.ts";
import { bindListener, closeListener } from "./bind-listener.ts";
import type { ResponderConfiguration } from "./configuration.ts";
import { Issuers } from "./issuers.ts";
import { log } from "./log.ts";
import { verifiersListener } from "./ocsp-listener.ts";
import { OcspQuestions } from "./ocsp-questions.ts";
import type { AccessRecords, StatusSource, VerifierRegistry } from "./ports.ts";
import { PreparedAnswers } from "./prepared-answers.ts";
import { PemResponseSigner } from "./response-signer.ts";
import type { RevocationInformationSource } from "./revocation-provision.ts";
import type { SubscriberLists } from "./subscriber-lists.ts";

/** The world that a responder stands in. */
export interface ResponderPorts {
  readonly status: StatusSource;
  readonly registry: VerifierRegistry;
  readonly records: AccessRecords;
  /** Where lists of subscriber certificates are, if verifiers get them here too. */
  readonly lists?: SubscriberLists;
  /** Where 失効情報 and 失効情報ファイル are; given beside such lists. */
  readonly information?: RevocationInformationSource;
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
  { status, registry, records, lists, information, now }: ResponderPorts,
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
  const questions = new OcspQuestions(issuers, preparedAnswers);
  const answers = new PreparedAnswers({ status, answerLife: answerLife * 1_000, patience, now }, preparedAnswers);
  const spool = new AccessSpool(records, { directory, most, onFailure: () => log("warn", "RS004") });
  const left = await spool.start();
  if (left > 0) log("info", "RS005", { files: left });
  const keepRecord = spool.append.bind(spool);
  const servers = configuration.listeners.map((place) => ({
    place,
    server: verifiersListener(place, { questions, registry, answers, keepRecord, lists, information, now }),
  }));
  const listening = await Promise.all(servers.map(({ server, place }) => bindListener(server, place)));
  return {
    listening,
    async stop() {
      await Promise.all(servers.map(({ server }) => closeListener(server)));
      await spool.close();
    },
  };
}
