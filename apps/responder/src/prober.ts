/** Looks at what is published as somebody outside would, again and again: copies, age of lists, services. */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type DirectoryReader, verifierName } from "@mitome/directory";
import { assembleOcspRequest, encodeTbsRequest, makeCertId, parseCertificate, parseOcspResponse } from "@mitome/x509";
import { freshnessOf } from "../pages/freshness.ts";
import type { PublicView } from "../pages/public-view.ts";
import { Availability } from "./availability.ts";
import type { RepositoryConfiguration } from "./configuration.ts";
import { fetchOctets } from "./fetch-octets.ts";
import type { LedgerView } from "./ledger-view.ts";
import { type LogCode, log } from "./log.ts";
import { type Outside, type SeenCopy, seePublishedCopies } from "./published-copies.ts";
import { partitionsShown } from "./read-public-view.ts";

/** Milliseconds for which the end of a look is waited for when this program ends. */
const givenUpAfter = 1_000;

type Alarm = readonly [level: "warn" | "error", code: LogCode, fields: Record<string, string | number>];

/** What the prober needs. */
export interface ProbedRepository {
  readonly configuration: Pick<RepositoryConfiguration, "origin" | "addresses"> & {
    readonly prober: NonNullable<RepositoryConfiguration["prober"]>;
  };
  readonly ledger: LedgerView;
  readonly now: () => Date;
}

/** One prober of one authority's repository. */
export class Prober {
  readonly #repository: ProbedRepository;
  readonly #availability: Availability;
  readonly #outside: Outside;
  /** What was wrong at the last look, by what it was about. */
  #alarms: ReadonlyMap<string, string> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #probing: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Throws when the record of availability or the trusted certificates cannot be read. */
  constructor(repository: ProbedRepository) {
    const { configuration, ledger } = repository;
    this.#repository = repository;
    this.#availability = new Availability(configuration.prober.record);
    this.#outside = outsideOf(configuration, ledger.reading.definition);
  }

  /** What was seen last, by this process or an earlier one; nothing before the first look, or when it is long ago. */
  get services(): PublicView["services"] {
    return this.#availability.services(this.#repository.now());
  }

  /** Looks now, and again every so often. */
  start(): void {
    this.#probing = this.probe()
      .catch((problem) => {
        if (!this.#closed) log("error", "RS006", { name: problem instanceof Error ? problem.name : "unknown" });
      })
      .finally(() => {
        if (this.#closed) return;
        this.#timer = setTimeout(() => this.start(), this.#repository.configuration.prober.every * 1_000).unref();
      });
  }

  /** Looks once. Resolves with every copy that was looked at. */
  async probe(): Promise<readonly SeenCopy[]> {
    const { ledger, now } = this.#repository;
    const copies = await seePublishedCopies(ledger, this.#outside, now);
    const isThere = {
      http: areRight(copies, "http") && (await this.#answersHttp()),
      ldap: areRight(copies, "ldap"),
      ocsp: await this.#answersOcsp(),
    };
    const checkedAt = now();
    this.#availability.count(isThere, checkedAt);
    this.#tell([...copyAlarms(copies), ...ageAlarms(ledger, checkedAt), ...serviceAlarms(isThere)]);
    return copies;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    // Whoever does not answer may take minutes; nothing is lost with a look that is given up.
    await Promise.race([this.#probing, pause(givenUpAfter, undefined, { ref: false })]);
  }

  async #answersHttp(): Promise<boolean> {
    const { site, trust } = this.#outside;
    return await fetchOctets(`${site}/status.json`, { trust }).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Asked by nobody it knows, a responder that is well says so; one that cannot reach its ledger or key has other errors. */
  async #answersOcsp(): Promise<boolean> {
    const { ledger, configuration } = this.#repository;
    const issuer = ledger.reading.certificates.findLast(({ kind }) => kind === "selfSigned");
    if (issuer === undefined) return false;
    const certificate = parseCertificate(issuer.der);
    const certIds = [makeCertId("sha1", certificate, certificate.serialNumber)];
    const body = assembleOcspRequest(encodeTbsRequest({ certIds }));
    try {
      const post = { type: "application/ocsp-request", body };
      const said = await fetchOctets(configuration.addresses.ocsp, { trust: this.#outside.trust, post });
      const response = parseOcspResponse(said.body);
      return response.kind !== "error" || response.error === "unauthorized";
    } catch {
      return false;
    }
  }

  /** Logs what was not so at the last look; what goes on is said once. */
  #tell(alarms: readonly Alarm[]): void {
    const before = this.#alarms;
    this.#alarms = new Map(alarms.map((alarm) => [subjectOf(alarm), nameOf(alarm)]));
    for (const alarm of alarms) if (before.get(subjectOf(alarm)) !== nameOf(alarm)) log(...alarm);
    for (const [subject, was] of before) if (!this.#alarms.has(subject)) log("info", "RS014", { was });
  }
}

/** The copy, the partition or the service, whatever is wrong with it. */
function subjectOf([, , fields]: Alarm): string {
  const { state, ...subject } = fields;
  return JSON.stringify(subject);
}

function nameOf([, code, fields]: Alarm): string {
  return [code, ...Object.values(fields)].join(" ");
}

function outsideOf(
  { origin, addresses, prober }: ProbedRepository["configuration"],
  definition: LedgerView["reading"]["definition"],
): Outside {
  const { trustFile, verifier } = prober;
  const reader = (url: string): DirectoryReader => ({
    url,
    timeout: 30_000,
    ...(trustFile !== undefined && { trustFile }),
  });
  return {
    site: origin,
    trust: trustFile === undefined ? undefined : readFileSync(trustFile, "utf8"),
    directory: reader(addresses.ldap),
    asVerifier: verifier && {
      ...reader(verifier.url),
      ...{ bindName: verifierName(definition, verifier.bindName), passwordFile: verifier.passwordFile },
    },
  };
}

/** A service whose copies are not the newest does not do its work, whether or not it answers. */
function areRight(copies: readonly SeenCopy[], via: SeenCopy["via"]): boolean {
  return copies.every((copy) => copy.via !== via || copy.state === "newest" || copy.state === "awaited");
}

function copyAlarms(copies: readonly SeenCopy[]): readonly Alarm[] {
  return copies
    .filter(({ state }) => state !== "newest" && state !== "awaited")
    .map(({ via, partition = "certificates", generation, state }) => [
      "error",
      "RS012",
      { via, partition, generation, state },
    ]);
}

/** 千葉県運用規程 4-4-9, 4-4-10: a list every 24 hours, and before the last one ends. */
function ageAlarms({ reading }: LedgerView, now: Date): readonly Alarm[] {
  return partitionsShown(reading, now).flatMap((partition): readonly Alarm[] => {
    const { state } = freshnessOf(partition, now);
    const { kind, municipality, generation } = partition;
    const fields = { partition: municipality?.code ?? kind, generation, state };
    if (state === "fresh") return [];
    return [state === "late" || state === "missing" ? ["warn", "RS010", fields] : ["error", "RS011", fields]];
  });
}

function serviceAlarms(isThere: Readonly<Record<string, boolean>>): readonly Alarm[] {
  return Object.entries(isThere).flatMap(([service, there]): readonly Alarm[] =>
    there ? [] : [["error", "RS013", { service }]],
  );
}
