import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { signatureAccounts } from "@mitome/testkit/signature-accounts";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { cardFile } from "./counter-side.ts";
import type { Stack } from "./stack.ts";

/** What an issuance left behind on the card and in both ledgers. */
export interface IssuanceEnd {
  /** The card's own memory holds a key and this certificate, base64; empty when there is none. */
  readonly cardCertificate: string;
  readonly cardHasKey: boolean;
  /** Certificates of the case, as `state` or `state delivered`, with their encoding in base64. */
  readonly certificates: readonly { readonly state: string; readonly certificate: string | null }[];
  /** States of the case's attempts at the authority. */
  readonly attempts: readonly string[];
  /** Intents of the case that nobody resolved. */
  readonly unresolved: number;
}

/** Looks at the ledgers as their owners do, and at the cards' files. */
export class Accounts {
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** How one case ended. */
  async ofCase(caseId: string, cardNumber: string): Promise<IssuanceEnd> {
    const { signature } = JSON.parse(readFileSync(cardFile(this.#stack.place, cardNumber), "utf8"));
    return this.#authority(async (sql) => {
      const certificates = await sql<{ state: string; certificate: Buffer | null }>`
        select c.state || case when c.delivered_at is null then '' else ' delivered' end as state, b.certificate
        from ca.certificate c left join ca.certificate_content b using (authority, serial)
        where c.case_id = ${caseId} order by c.attempt`;
      const attempts = await sql<{ state: string }>`
        select state from ca.issuance_case where case_id = ${caseId} order by attempt`;
      const [intents] = await sql<{ unresolved: number }>`
        select count(*)::integer as unresolved from ca.signing_intent i join ca.certificate c on c.intent = i.id
        where c.case_id = ${caseId} and i.state = 'recorded'`;
      return {
        cardCertificate: signature.certificate,
        cardHasKey: signature.key !== null,
        certificates: certificates.map(({ state, certificate }) => ({
          state,
          certificate: certificate === null ? null : certificate.toString("base64"),
        })),
        attempts: attempts.map(({ state }) => state),
        unresolved: intents?.unresolved ?? -1,
      };
    });
  }

  /** What must not be there: residents with two certificates, and anything that is half done, in both ledgers. */
  async remains(): Promise<Readonly<Record<string, number>>> {
    const authority = await this.#authority(async (sql) => {
      const [found] = await sql<Record<string, number>>`select
        (select count(*)::integer from (select subscriber_id from ca.certificate
          where state in ('pending', 'valid') and subscriber_id is not null
          group by subscriber_id having count(*) > 1) twice) as "residents with two certificates",
        (select count(*)::integer from ca.signing_intent where state = 'recorded') as "unresolved intents",
        (select count(*)::integer from ca.issuance_case where living) as "living attempts",
        (select count(*)::integer from ca.certificate where state = 'pending') as "pending certificates",
        (select count(*)::integer from ca.certificate where state = 'valid' and case_id is not null
          and delivered_at is null) as "valid certificates that were not delivered"`;
      return found ?? {};
    });
    const counter = await this.#read("ra_owner", "mitome_ra", async (sql) => {
      const [found] = await sql<Record<string, number>>`select
        (select count(*)::integer from ra.counter_case where state <> 'closed') as "unfinished cases"`;
      return found ?? {};
    });
    return { ...authority, ...counter };
  }

  /**
   * Signatures by what was signed: TBS hash at the PKCS#11 border and in the signer's journal, and the intents and lists
   * of the authority's ledger with the hash of what they recorded.
   */
  async signatures(spyRecord: string, journal: string) {
    const intents = await this.#authority(
      (sql) =>
        sql<{ id: string; state: string; tbs: Buffer }>`
        select id, state, tbs
        from ca.signing_intent`,
    );
    const recorded = new Map(
      intents.map(({ id, state, tbs }) => [createHash("sha256").update(tbs).digest("hex"), { id, state }]),
    );
    const lists = await this.#authority(
      (sql) => sql<{ tbs: string; state: string }>`
        select encode(tbs_hash, 'hex') as tbs, state from ca.crl where tbs_hash is not null`,
    );
    const recordedLists = new Map(lists.map(({ tbs, state }) => [tbs, state]));
    return { ...signatureAccounts(spyRecord, journal), recorded, recordedLists };
  }

  #authority<Answer>(read: (sql: RoleSql) => Promise<Answer>): Promise<Answer> {
    return this.#read("ca_owner", "mitome_ca", read);
  }

  async #read<Answer>(role: string, database: string, read: (sql: RoleSql) => Promise<Answer>): Promise<Answer> {
    const sql = sqlAs(this.#stack.authority.cluster.url(role, database));
    try {
      return await read(sql);
    } finally {
      await sql.end();
    }
  }
}
