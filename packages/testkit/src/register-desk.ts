/** A municipality's register before an authority whose ledger is in PostgreSQL; keys are in memory. */
import { createHash, randomUUID, sign } from "node:crypto";
import {
  ClockGuard,
  type IssuingAuthority,
  issueCertificate,
  OneAtATime,
  openCase,
  type RegisterAuthority,
  type RevokingAuthority,
  registerChangeFileMessage,
  requestMessage,
  type SigningIntent,
} from "@mitome/ca";
import {
  PostgresEquipmentLedger,
  PostgresLedger,
  PostgresRegisterChangeLedger,
  PostgresRevocationBrake,
  PostgresRevocationLedger,
} from "@mitome/db/ca";
import type { SerialNumber } from "@mitome/x509";
import { FixedClock, SeededRandomness } from "./fixed-clock.ts";
import { startTestPostgres, type TestPostgres } from "./postgres.ts";
import { enterSoftAuthority } from "./published-ledger.ts";
import { makeSoftKey, type RequestPayload, requestPayload, signRequest, testSerial } from "./soft-authority.ts";
import {
  callBy,
  issuingAuthorityOf,
  makeQuickAuthority,
  SoftCard,
  testCardComponents,
} from "./soft-issuing-authority.ts";
import { SoftCardKeys, SoftSigner } from "./soft-signer.ts";
import { type RoleSql, sqlAs } from "./sql.ts";

/** When the authority begins, and the register's records stand as their certificates say. */
export const began = new Date("2026-04-01T00:00:00Z");
export const municipality = "121002";

type Desk = IssuingAuthority & RegisterAuthority & RevokingAuthority;

/** One authority, one municipality's server and any number of residents. */
export class RegisterDesk {
  readonly clock = new FixedClock(new Date(began.getTime() + 60_000));
  readonly soft = makeQuickAuthority(began);
  readonly server = this.soft.equip("server", municipality, "honcho");
  readonly call = callBy(this.soft, this.server);
  readonly acting = { origin: { system: "ca", operator: `${municipality}/server:honcho` } };
  readonly postgres: TestPostgres;
  readonly owner: RoleSql;
  readonly ledger: PostgresLedger;
  readonly signer: SoftSigner;
  readonly authority: Desk;
  #numbers = 0;

  private constructor(postgres: TestPostgres) {
    this.postgres = postgres;
    this.owner = sqlAs(postgres.url("ca_owner"));
    const run = { program: "ca", id: randomUUID(), clock: this.clock };
    this.ledger = new PostgresLedger({ url: postgres.url("ca_app"), lanes: 2, readers: 2 }, run);
    this.signer = new SoftSigner(
      this.soft,
      (id) => this.#readRow(id),
      () => this.clock.now(),
    );
    const issuing = issuingAuthorityOf(this.soft, {
      ...{ ledger: this.ledger, equipment: new PostgresEquipmentLedger(this.ledger), signingKey: this.signer },
      ...{ cardKeys: new SoftCardKeys(testCardComponents), clock: this.clock },
      randomness: new SeededRandomness("register"),
    });
    this.authority = {
      ...issuing,
      clockGuard: new ClockGuard(this.clock, undefined, { unattended: true }),
      revocations: new PostgresRevocationLedger(this.ledger),
      registerChanges: new PostgresRegisterChangeLedger(this.ledger),
      designatedBodies: [],
      brake: new PostgresRevocationBrake(this.ledger),
      revocationsInTurn: new OneAtATime(),
    };
  }

  static async open(): Promise<RegisterDesk> {
    const postgres = await startTestPostgres();
    const desk = new RegisterDesk(postgres);
    await enterSoftAuthority(postgres.url("ca_owner"), desk.soft);
    await desk.ledger.open();
    return desk;
  }

  async close(): Promise<void> {
    await this.ledger.close();
    await this.owner.end();
    await this.postgres.stop();
  }

  /** A resident code that nobody had yet. */
  newResident(): string {
    this.#numbers += 1;
    return String(10_000_000_000 + this.#numbers);
  }

  /** Opens a case and makes its request; `issue` then sends it. */
  async openCase(residentCode: string, changes: RequestPayload = {}) {
    this.#numbers += 1;
    const cardNumber = `R${String(this.#numbers).padStart(15, "0")}`;
    const { id } = this.soft.definition;
    await this
      .owner`insert into ca.card (card_number, authority, municipality) values (${cardNumber}, ${id}, ${municipality})`;
    const caseId = randomUUID();
    const opened = await openCase(this.authority, this.call, { caseId, attempt: 1, cardNumber });
    if (opened.kind === "refused") throw new Error(opened.reason);
    const { challenge } = opened;
    const key = makeSoftKey({ kind: "ec", curve: "P-384" });
    const at = this.clock.now();
    const own = { residentCode, items: itemsOf(this.#numbers), ...changes };
    const about = { at, caseId, attempt: 1, challenge, key, changes: own };
    return signRequest(this.server, new SoftCard(cardNumber).request(about));
  }

  async issue(signed: Awaited<ReturnType<RegisterDesk["openCase"]>>, authority: IssuingAuthority = this.authority) {
    return await issueCertificate(authority, this.call, signed);
  }

  /** Enters a certificate as an issuance would leave it, without its signature. */
  async certify(residentCode: string, changes: RequestPayload = {}, place = municipality): Promise<SerialNumber> {
    this.#numbers += 1;
    const [number, authority, intent] = [this.#numbers, this.soft.definition.id, randomUUID()];
    const serial = testSerial(100_000 + number);
    const subscriber = await this.signer.subscriberId(residentCode);
    const payload = requestPayload(Buffer.alloc(1), began, { residentCode, municipality: place, ...changes });
    const request = Buffer.from(JSON.stringify(payload));
    await this
      .owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, request, mac, state, owner)
      values (${intent}, ${authority}, 1, 'subscriber', ${serial}, '', ${request}, '', 'signed', ${randomUUID()})`;
    await this.owner`insert into ca.subscriber (authority, subscriber_id, items_digest, register_version)
      values (${authority}, ${subscriber}, ${createHash("sha256").update(subscriber).digest()}, ${payload.registerVersion})
      on conflict do nothing`;
    await this.owner`insert into ca.certificate (authority, serial, generation, intent, subscriber_id, municipality,
      unique_name, not_before, not_after, state) values (${authority}, ${serial}, 1, ${intent}, ${subscriber}, ${place},
      ${`n${number}`}, ${new Date(began.getTime() - 3 * 86_400_000)}, ${new Date("2029-03-31T14:59:59Z")}, 'valid')`;
    return serial;
  }

  async certificate(serial: string) {
    const [row] = await this.owner<{ state: string; cause: string | null; reason: string | null; at: Date | null }>`
      select state, revocation_cause as cause, revocation_reason as reason, ended_at as at
      from ca.certificate where serial = ${serial}`;
    return row;
  }

  async version(residentCode: string): Promise<number | undefined> {
    const subscriber = await this.signer.subscriberId(residentCode);
    const [row] = await this.owner<{ version: number }>`
      select register_version as version from ca.subscriber where subscriber_id = ${subscriber}`;
    return row?.version;
  }

  /** A file of these lines as the municipality's server signs it. */
  file(lines: readonly unknown[], header: Record<string, unknown> = {}) {
    const head = {
      version: 1,
      file: randomUUID(),
      sender: municipality,
      changes: lines.length,
      madeAt: began.toISOString(),
    };
    const texts = [{ ...head, ...header }, ...lines].map((line) =>
      typeof line === "string" ? line : JSON.stringify(line),
    );
    const file = Buffer.from(`${texts.join("\n")}\n`);
    const key = { key: this.server.key.privateKey, dsaEncoding: "ieee-p1363" } as const;
    return { file, signature: sign("sha256", registerChangeFileMessage(file), key) };
  }

  /** A counter's request to revoke as the municipality's server signs it. */
  signRevocation(about: { readonly serial: string; readonly cause: string }) {
    const asked = {
      version: 1,
      authority: this.soft.definition.id,
      municipality,
      caseId: randomUUID(),
      clerk: "clerk-7",
    };
    const payload = Buffer.from(JSON.stringify({ ...asked, requestedAt: began.toISOString(), ...about }));
    const key = { key: this.server.key.privateKey, dsaEncoding: "ieee-p1363" } as const;
    return { payload, signature: sign("sha256", requestMessage("revocation", payload), key) };
  }

  async #readRow(id: string) {
    const [row] = await this.owner<SigningIntent & { readonly mac: Uint8Array; readonly fence: number }>`
      select id, authority, generation, kind, serial, tbs, request, request_signature as "requestSignature",
        requester_certificate as "requesterCertificate", mac, fence
      from ca.signing_intent where id = ${id}`;
    if (row === undefined) return undefined;
    const { mac, fence, ...intent } = row;
    return { intent, mac, fence };
  }
}

/** Four items of the nth resident, as a request states them. */
function itemsOf(number: number): RequestPayload {
  const address = `千葉県千葉市中央区市場町${[...String(number)].map((digit) => "０１２３４５６７８９"[Number(digit)]).join("")}`;
  const name = "山田　花子";
  const none = (text: string) => "0".repeat([...text].length);
  const marks = { nameSubstitutions: none(name), addressSubstitutions: none(address) };
  return { name, dateOfBirth: "319801231", gender: "2", address, ...marks };
}
