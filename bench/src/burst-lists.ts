import { setTimeout as pause } from "node:timers/promises";
import { chibaAuthority, listPointOf } from "@mitome/ca";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { crlExtensionOids, formatDn, parseCertificateList, parseCrlNumber } from "@mitome/x509";
import { Client } from "undici";
import { runProgram } from "../../launcher/src/programs.ts";
import { runQuietly } from "../../launcher/src/run-command.ts";
import { type BurstRun, identityOf } from "./burst-run.ts";
import type { TerminalOutcome } from "./terminals.ts";

/** What a list or the ledger says of its revocations: `serial time reason`, sorted. */
type Entries = readonly string[];

/** Lists as verifiers get them, held against what was revoked. */
export class BurstLists {
  /** Lists that were ordered and looked at, and what was wrong with any. */
  ordered = 0;
  readonly wrong: string[] = [];
  readonly #run: BurstRun;
  readonly #ledger: RoleSql;
  readonly #connection: Client;

  private constructor(run: BurstRun, connection: Client) {
    this.#run = run;
    this.#ledger = sqlAs(run.authority.postgres.ownerUrl);
    this.#connection = connection;
  }

  /** Connects as the first of the verifiers. */
  static async connect(run: BurstRun): Promise<BurstLists> {
    const [verifier] = run.verifiers;
    if (verifier === undefined) throw new Error("no verifier");
    const connect = { ...(await identityOf(verifier.files)), servername: "localhost" };
    return new BurstLists(run, new Client(`https://localhost:${run.port}`, { connect }));
  }

  /**
   * Has the list of any municipality issued every so many milliseconds, and looks at it: everything whose revocation was
   * answered before is on it, and nothing that nobody has asked to be revoked.
   */
  async orderUntil(until: number, every: number, { records }: TerminalOutcome): Promise<void> {
    const { servers, side } = this.#run.authority;
    while (Date.now() + every < until) {
      await pause(every);
      const { municipality = "" } = servers[Math.floor(Math.random() * servers.length)] ?? {};
      const ofIt = () => [...records].filter(([, record]) => record.municipality === municipality);
      const due = ofIt().filter(([, { revocation }]) => revocation?.answeredBy !== undefined);
      await runProgram("apps/ca/src/issue-lists.ts", side.operatorConfig, municipality);
      const list = new Set((await this.#newest(municipality)).map((entry) => entry.split(" ", 1)[0] ?? ""));
      const asked = new Set<string>(ofIt().flatMap(([serial, { revocation }]) => (revocation ? [serial] : [])));
      const missing = due.filter(([serial]) => !list.has(serial)).length;
      const tooMany = [...list].filter((serial) => !asked.has(serial)).length;
      this.ordered += 1;
      if (missing + tooMany > 0) this.wrong.push(`${municipality}: ${missing} missing, ${tooMany} too many`);
    }
  }

  /** Has all lists issued, fetches each as a verifier does, and compares them with the ledger. Answers how many there are. */
  async compareAll(): Promise<{ readonly lists: number; readonly entries: number }> {
    const { servers, side } = this.#run.authority;
    await runProgram("apps/ca/src/issue-lists.ts", side.operatorConfig, "all");
    let entries = 0;
    for (const { municipality } of servers) {
      const revoked = await this.#revoked(municipality);
      const byHttp = await this.#newest(municipality);
      if (byHttp.join() !== revoked.join())
        this.wrong.push(`${municipality}: ${byHttp.length} on the list by HTTP, ${revoked.length} in the ledger`);
      const byLdap = await this.#inDirectory(municipality, revoked);
      if (byLdap.join() !== revoked.join())
        this.wrong.push(`${municipality}: ${byLdap.length} on the list by LDAP, ${revoked.length} in the ledger`);
      entries += revoked.length;
    }
    return { lists: servers.length, entries };
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#ledger.end()]);
  }

  /** The list of a municipality over HTTPS, once it is the newest that was signed; 20 seconds at most. */
  async #newest(municipality: string): Promise<Entries> {
    const [newest] = await this.#ledger<{ number: number }>`select max(number)::integer as number from ca.crl
      where state = 'signed' and generation = 1 and partition = ${municipality}`;
    for (let left = 200; ; left -= 1) {
      const response = await this.#connection.request({ method: "GET", path: `/crl/1/${municipality}.crl` });
      const octets = new Uint8Array(await response.body.arrayBuffer());
      if (response.statusCode === 200) {
        const list = parseCertificateList(octets);
        const number = list.extensions.find(({ oid }) => oid === crlExtensionOids.cRLNumber);
        if (number !== undefined && parseCrlNumber(number.value) >= (newest?.number ?? 0)) return entriesOf(octets);
      }
      if (left === 0) throw new Error(`no list ${newest?.number} of ${municipality}: HTTP ${response.statusCode}`);
      await pause(100);
    }
  }

  /** The list of a municipality in the directory, once it says as much as it should; 20 seconds at most. */
  async #inDirectory(municipality: string, wanted: Entries): Promise<Entries> {
    const { authority, verifiers } = this.#run;
    const [verifier] = verifiers;
    const point = formatDn(listPointOf(chibaAuthority, { generation: 1, partition: municipality }) ?? []);
    const who = [
      "-H",
      authority.directory?.url ?? "",
      "-D",
      verifier?.bindName ?? "",
      "-y",
      verifier?.passwordFile ?? "",
    ];
    const what = ["-s", "base", "-b", point, "certificateRevocationList;binary"];
    for (let left = 40; ; left -= 1) {
      const { output } = await runQuietly("ldapsearch", ["-x", "-LLL", "-o", "ldif-wrap=no", ...who, ...what]);
      const base64 = /^certificateRevocationList;binary:: (.+)$/m.exec(output)?.[1] ?? "";
      const entries = base64 === "" ? [] : entriesOf(Buffer.from(base64, "base64"));
      if (left === 0 || (base64 !== "" && entries.join() === wanted.join())) return entries;
      await pause(500);
    }
  }

  async #revoked(municipality: string): Promise<Entries> {
    const rows = await this.#ledger<{ serial: string; ended_at: Date; revocation_reason: string }>`
      select serial, ended_at, revocation_reason from ca.certificate
      where state = 'revoked' and partition = ${municipality}`;
    return rows.map(({ serial, ended_at, revocation_reason }) => entry(serial, ended_at, revocation_reason)).sort();
  }
}

function entriesOf(list: Uint8Array): Entries {
  const { revokedCertificates } = parseCertificateList(list);
  return Array.from(revokedCertificates, ({ serialNumber, revocationDate, reason }) =>
    entry(serialNumber, revocationDate, String(reason)),
  ).sort();
}

function entry(serial: string, revokedAt: Date, reason: string): string {
  return `${serial} ${Math.floor(revokedAt.getTime() / 1_000)} ${reason}`;
}
