/** Everything the public pages show, out of the ledger, the authority's texts and what the prober saw. */
import { statSync } from "node:fs";
import { authorityPartition, isReportPublic, operationalPartition, partitionsOf, revocationReasons } from "@mitome/ca";
import type { CertificateOnRecord, PublicReading } from "@mitome/db/status";
import { parseCertificate, parseCertificateList } from "@mitome/x509";
import type { Partition, PublicView, PublishedCertificate, PublishedList } from "../pages/public-view.ts";
import { readTexts, type TextFiles } from "../pages/texts.ts";
import type { LedgerView, ListOnRecord } from "./ledger-view.ts";
import { log } from "./log.ts";

/** What stands in no ledger. */
export type OutsideTheLedger = Pick<
  PublicView,
  "publication" | "statement" | "addresses" | "services" | "recordsSetAside"
>;

/** Reads the octets of the lists and papers that anyone may have. Rejects while the ledger is away and they are not kept. */
export async function readPublicView(ledger: LedgerView, outside: OutsideTheLedger, now: Date): Promise<PublicView> {
  const { reading } = ledger;
  const { definition, certificates, lists } = reading;
  return {
    ...{ now, readAt: reading.readAt, ...outside },
    authority: { id: definition.id, practice: definition.practice },
    certificates: certificates.map(certificateShown),
    lists: await Promise.all(
      lists.filter(isForAnyone).map(async (list) => listShown(list, await ledger.octetsOf(list))),
    ),
    partitions: partitionsShown(reading, now),
    reports: await Promise.all(
      reading.reports
        .filter(({ publishedAt }) => isReportPublic(publishedAt, now))
        .map(async (report) => ({ ...report, pdf: report.onPaper ? await ledger.paperOf(report) : undefined })),
    ),
  };
}

function certificateShown({ kind, generation, der, notBefore, revocation }: CertificateOnRecord): PublishedCertificate {
  return { kind, generation, der, publishedAt: notBefore, revocation };
}

/** 千葉県運用規程 2-6-3: lists of subscriber certificates are for verifiers. */
function isForAnyone({ partition }: ListOnRecord): boolean {
  return partition === authorityPartition || partition === operationalPartition;
}

function listShown(issue: ListOnRecord, der: Uint8Array): PublishedList {
  const entries = Array.from(
    parseCertificateList(der).revokedCertificates,
    ({ serialNumber, revocationDate, reason }) => ({
      ...{ serialNumber, revokedAt: revocationDate },
      reason: revocationReasons.find((known) => known === reason),
    }),
  );
  const kind = issue.partition === authorityPartition ? "authority" : "operational";
  return { kind, generation: issue.generation, issue, der, entries };
}

/** Every partition that has to have a list: of the keys whose own certificate has not ended. */
export function partitionsShown({ definition, certificates, lists }: PublicReading, now: Date): readonly Partition[] {
  const names = new Map(definition.municipalities.map(({ code, name }) => [code, { code, name }]));
  const living = certificates.filter(
    ({ kind, der }) => kind === "selfSigned" && now <= parseCertificate(der).validity.notAfter,
  );
  return living.flatMap(({ generation }) =>
    partitionsOf(definition).map((partition) => ({
      ...{ kind: kindOf(partition), municipality: names.get(partition), generation },
      newest: lists.find((list) => list.partition === partition && list.generation === generation),
    })),
  );
}

function kindOf(partition: string): Partition["kind"] {
  if (partition === authorityPartition) return "authority";
  return partition === operationalPartition ? "operational" : "subscriber";
}

/** An authority's texts, read again when a file changes, so that an emergency is on every page at once (4-4-1-3). */
export class CurrentTexts {
  readonly #files: TextFiles;
  #version: string;
  #texts: ReturnType<typeof readTexts>;

  /** Throws `StatementRefused` and `PublicationRefused`, and errors of the file system. */
  constructor(files: TextFiles) {
    this.#files = files;
    this.#version = this.#versionNow();
    this.#texts = readTexts(files);
  }

  /** The newest that can be published; what cannot is logged, and the earlier stands. */
  read(): ReturnType<typeof readTexts> {
    try {
      const version = this.#versionNow();
      if (version !== this.#version) {
        this.#texts = readTexts(this.#files);
        this.#version = version;
      }
    } catch (problem) {
      log("error", "RS015", { name: problem instanceof Error ? problem.name : "unknown" });
    }
    return this.#texts;
  }

  #versionNow(): string {
    return [this.#files.statement, this.#files.publication].map((file) => statSync(file).mtimeMs).join(":");
  }
}
