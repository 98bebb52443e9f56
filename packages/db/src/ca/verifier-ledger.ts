/** The registry of verifiers in the ledger. */
import type { AuditEvent } from "@mitome/audit";
import {
  type Acting,
  type CredentialToGive,
  credentialName,
  parseVerifier,
  type Verifier,
  type VerifierCredential,
  type VerifierFact,
  type VerifierLedger,
  type VerifierOnFile,
  type WithdrawalReason,
} from "@mitome/ca";
import { parseSerialNumber } from "@mitome/x509";
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

/** $10 id, $11 revision that is replaced, $12 registration as JSON. */
const changeRegistration = `
  with changed as (
    update ca.verifier set registration = $12::text::json where id = $10::text and revision = $11::integer returning 1
  ), audited as (${audited("changed")})
  select count(*) = 1 as acted from changed`;

/** $10 verifier, $11 sequence, $12–$15 fact. */
const recordFact = `
  with recorded as (
    insert into ca.verifier_fact (verifier, sequence, ${factColumns})
    values ($10::text, $11::integer, $12::text, $13::timestamptz, $14::text, $15::bigint) returning 1
  ), audited as (${audited("recorded")})
  select count(*) = 1 as acted from recorded`;

/** $10 id, $11 verifier, $12 kind, $13 fingerprint, $14 serial, $15 certificate, $16 key, $17 bind name, $18 from, $19 to. */
const giveCredential = `
  with replaced as (
    update ca.verifier_credential set withdrawn_at = $18::timestamptz
    where verifier = $11::text and bind_name = $17::text and withdrawn_at is null
  ), given as (
    insert into ca.verifier_credential (id, verifier, kind, fingerprint, serial, certificate, key_hash, bind_name,
      not_before, not_after)
    values ($10::uuid, $11::text, $12::text, $13::text, $14::text, $15::bytea, $16::bytea, $17::text, $18::timestamptz,
      $19::timestamptz)
    returning 1
  ), audited as (${audited("given")})
  select count(*) = 1 as acted from given`;

/** $10 verifier, $11 fingerprint or bind name, $12 when, $13 why. */
const withdrawCredential = `
  with withdrawn as (
    update ca.verifier_credential set withdrawn_at = $12::timestamptz
    where verifier = $10::text and $11::text in (fingerprint, bind_name) and withdrawn_at is null
    returning fingerprint
  ), ended as (
    update ca.equipment_certificate set revoked_at = $12::timestamptz, revocation_reason = $13::text
    where fingerprint in (select fingerprint from withdrawn) and revoked_at is null
  ), audited as (${audited("withdrawn")})
  select count(*) = 1 as acted from withdrawn`;

const readVerifiers = `
  select registration, revision from ca.verifier where $1::text is null or id = $1::text order by registration ->> 'name', id`;
const readFacts = `
  select verifier, ${factColumns} from ca.verifier_fact where $1::text is null or verifier = $1::text
  order by verifier, sequence`;
const readCredentials = `
  select verifier, kind, fingerprint, serial, bind_name, not_before, not_after, withdrawn_at from ca.verifier_credential
  where $1::text is null or verifier = $1::text order by not_before, id`;
const readNames = "select id, registration ->> 'name' as name from ca.verifier";
const keyHash = "select 1 from ca.verifier_credential where key_hash = $1::bytea";
const certificateOf = `
  select certificate from ca.verifier_credential where verifier = $1::text and fingerprint = $2::text`;

interface CredentialRow {
  readonly verifier: string;
  readonly kind: VerifierCredential["kind"];
  readonly fingerprint: string | null;
  readonly serial: string | null;
  readonly bind_name: string | null;
  readonly not_before: Date;
  readonly not_after: Date | null;
  readonly withdrawn_at: Date | null;
}

/** The verifiers' part of a {@link PostgresLedger}, over the same lanes and connections. */
export class PostgresVerifierLedger implements VerifierLedger {
  readonly #ledger: PostgresLedger;

  constructor(ledger: PostgresLedger) {
    this.#ledger = ledger;
  }

  async all(): Promise<readonly VerifierOnFile[]> {
    return await this.#read(null);
  }

  async find(id: string): Promise<VerifierOnFile | undefined> {
    const [file] = await this.#read(id);
    return file;
  }

  async register(acting: Acting, verifier: Verifier, event: AuditEvent): Promise<"registered" | "exists"> {
    const values = [verifier.id, verifier.kind, JSON.stringify(verifier)];
    return await this.#once(acting, event, register, values, "verifier_pkey", "registered" as const, "exists" as const);
  }

  async changeRegistration(
    acting: Acting,
    { verifier, revision }: { readonly verifier: Verifier; readonly revision: number },
    event: AuditEvent,
  ): Promise<"changed" | "moved"> {
    const values = [verifier.id, revision, JSON.stringify(verifier)];
    return (await this.#ledger.lanes.act(acting, event, changeRegistration, values)) ? "changed" : "moved";
  }

  /** Every verifier's name as it was notified, by id. */
  async names(): Promise<ReadonlyMap<string, string>> {
    const rows = await readRows<{ id: string; name: string }>(this.#ledger.reader, readNames, []);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  async recordFact(
    acting: Acting,
    { verifier, after, fact }: { readonly verifier: string; readonly after: number; readonly fact: VerifierFact },
    event: AuditEvent,
  ): Promise<"recorded" | "moved"> {
    const values = [verifier, after + 1, ...factValues(fact)];
    return await this.#once(acting, event, recordFact, values, "verifier_fact_pkey", "recorded", "moved");
  }

  async hasKey(hash: Uint8Array): Promise<boolean> {
    return (await readRows(this.#ledger.reader, keyHash, [hash])).length > 0;
  }

  async giveCredential(
    acting: Acting,
    { id, credential, certified }: CredentialToGive,
    event: AuditEvent,
  ): Promise<"given" | "keySeenBefore"> {
    const own = credential.kind === "clientCertificate" ? credential : undefined;
    const values = [
      ...[id, credential.verifierId, credential.kind, own?.fingerprint ?? null, own?.serial ?? null],
      ...[certified?.certificate ?? null, certified?.keyHash ?? null],
      credential.kind === "ldapBind" ? credential.bindName : null,
      ...[credential.notBefore, own?.notAfter ?? null],
    ];
    const constraint = "verifier_credential_key_hash_key";
    return await this.#once(acting, event, giveCredential, values, constraint, "given", "keySeenBefore");
  }

  async withdrawCredential(
    acting: Acting,
    credential: VerifierCredential,
    at: Date,
    reason: WithdrawalReason,
    event: AuditEvent,
  ): Promise<boolean> {
    const values = [credential.verifierId, credentialName(credential), at, reason];
    return await this.#ledger.lanes.act(acting, event, withdrawCredential, values);
  }

  async certificate(verifier: string, fingerprint: string): Promise<Uint8Array | undefined> {
    const values = [verifier, fingerprint];
    const [row] = await readRows<{ certificate: Uint8Array }>(this.#ledger.reader, certificateOf, values);
    return row?.certificate;
  }

  async #read(id: string | null): Promise<readonly VerifierOnFile[]> {
    const { reader } = this.#ledger;
    const [verifiers, facts, credentials] = await Promise.all([
      readRows<{ registration: unknown; revision: number }>(reader, readVerifiers, [id]),
      readRows<FactRow & { verifier: string }>(reader, readFacts, [id]),
      readRows<CredentialRow>(reader, readCredentials, [id]),
    ]);
    const factsBy = Map.groupBy(facts, ({ verifier }) => verifier);
    const credentialsBy = Map.groupBy(credentials, ({ verifier }) => verifier);
    return verifiers.map(({ registration, revision }) => {
      const verifier = verifierOf(registration);
      return {
        ...{ verifier, revision },
        facts: (factsBy.get(verifier.id) ?? []).map(factOf),
        credentials: (credentialsBy.get(verifier.id) ?? []).map(credentialOf),
      };
    });
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

function verifierOf(registration: unknown): Verifier {
  const parsed = parseVerifier(registration);
  if (parsed.kind === "malformed")
    throw new Error(`the ledger holds a registration whose ${parsed.field} is not right`);
  return parsed.verifier;
}

/** The credential that a row is; the table's CHECKs let nothing else in. */
function credentialOf(row: CredentialRow): VerifierCredential {
  const { verifier: verifierId, not_before: notBefore, withdrawn_at: withdrawnAt } = row;
  if (row.kind === "ldapBind")
    return { kind: row.kind, verifierId, bindName: row.bind_name ?? "", notBefore, withdrawnAt };
  const serial = parseSerialNumber(row.serial ?? "");
  if (serial === undefined || row.not_after === null) throw new Error("the ledger holds a credential that is none");
  const validity = { notBefore, notAfter: row.not_after };
  return { kind: row.kind, verifierId, fingerprint: row.fingerprint ?? "", serial, ...validity, withdrawnAt };
}
