/** The registry of verifiers in the ledger. */
import type { AuditEvent } from "@mitome/audit";
import type { Acting, Verifier, VerifierCredential, VerifierFact, VerifierKind } from "@mitome/ca";
import { auditColumns, auditValues } from "./audit-row.ts";
import { LedgerConflict } from "./ledger-conflict.ts";
import { readRows } from "./ledger-connection.ts";
import type { PostgresLedger } from "./postgres-ledger.ts";
import { type FactRow, factColumns, factOf, factValues } from "./verifier-facts.ts";

const audited = (cte: string) => `insert into ca.audit_event (${auditColumns}) select ${auditValues} from ${cte}`;

/** $10 id, $11 kind, $12 registration as JSON. */
const register = `
  with entered as (
    insert into ca.verifier (id, kind, registration) values ($10::text, $11::text, $12::text::json) returning 1
  ), audited as (${audited("entered")})
  select count(*) = 1 as acted from entered`;

/** $10 verifier, $11 sequence, $12–$15 fact. */
const recordFact = `
  with recorded as (
    insert into ca.verifier_fact (verifier, sequence, ${factColumns})
    values ($10::text, $11::integer, $12::text, $13::timestamptz, $14::text, $15::bigint) returning 1
  ), audited as (${audited("recorded")})
  select count(*) = 1 as acted from recorded`;

/** $10 id, $11 verifier, $12 kind, $13 fingerprint, $14 serial, $15 certificate, $16 bind name, $17 from, $18 to. */
const giveCredential = `
  with given as (
    insert into ca.verifier_credential (id, verifier, kind, fingerprint, serial, certificate, bind_name, not_before,
      not_after)
    values ($10::uuid, $11::text, $12::text, $13::text, $14::text, $15::bytea, $16::text, $17::timestamptz,
      $18::timestamptz)
    returning 1
  ), audited as (${audited("given")})
  select count(*) = 1 as acted from given`;

const kindOf = "select kind from ca.verifier where id = $1::text";
const allNames = "select id, registration ->> 'name' as name from ca.verifier";
const factsOf = `select ${factColumns} from ca.verifier_fact where verifier = $1::text order by sequence`;

/** The verifiers' part of a {@link PostgresLedger}, over the same lanes and connections. */
export class PostgresVerifierLedger {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  /** `exists` when a verifier of this id is there already. */
  async register(acting: Acting, verifier: Verifier, event: AuditEvent): Promise<"registered" | "exists"> {
    const values = [verifier.id, verifier.kind, JSON.stringify(verifier)];
    return await this.#once(acting, event, register, values, "verifier_pkey", "registered" as const, "exists" as const);
  }

  /** Kind and facts of a verifier, in the order in which they were recorded. */
  async read(
    id: string,
  ): Promise<{ readonly kind: VerifierKind; readonly facts: readonly VerifierFact[] } | undefined> {
    const [found] = await readRows<{ kind: VerifierKind }>(this.#ledger.reader, kindOf, [id]);
    if (found === undefined) return undefined;
    const facts = await readRows<FactRow>(this.#ledger.reader, factsOf, [id]);
    return { kind: found.kind, facts: facts.map(factOf) };
  }

  /** Every verifier's name as it was notified, by id. */
  async names(): Promise<ReadonlyMap<string, string>> {
    const rows = await readRows<{ id: string; name: string }>(this.#ledger.reader, allNames, []);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** Adds a fact after so many others; `moved` when another was added meanwhile. */
  async recordFact(
    acting: Acting,
    { verifier, after, fact }: { readonly verifier: string; readonly after: number; readonly fact: VerifierFact },
    event: AuditEvent,
  ): Promise<"recorded" | "moved"> {
    const values = [verifier, after + 1, ...factValues(fact)];
    return await this.#once(acting, event, recordFact, values, "verifier_fact_pkey", "recorded", "moved");
  }

  /** `exists` when this certificate was given before. */
  async giveCredential(
    acting: Acting,
    id: string,
    credential: VerifierCredential,
    certificate: Uint8Array | undefined,
    event: AuditEvent,
  ): Promise<"given" | "exists"> {
    const own = credential.kind === "clientCertificate" ? credential : undefined;
    const values = [
      ...[id, credential.verifierId, credential.kind, own?.fingerprint ?? null, own?.serial ?? null],
      ...[certificate ?? null, credential.kind === "ldapBind" ? credential.bindName : null],
      ...[credential.notBefore, own?.notAfter ?? null],
    ];
    const constraint = "verifier_credential_fingerprint_key";
    return await this.#once(acting, event, giveCredential, values, constraint, "given", "exists");
  }

  async #once<Done extends string, Before extends string>(
    acting: Acting,
    event: AuditEvent,
    statement: string,
    values: readonly unknown[],
    constraint: string,
    done: Done,
    before: Before,
  ): Promise<Done | Before> {
    try {
      await this.#ledger.lanes.act(acting, event, statement, values);
      return done;
    } catch (error) {
      if (error instanceof LedgerConflict && error.constraint === constraint) return before;
      throw error;
    }
  }
}
