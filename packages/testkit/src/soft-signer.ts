/** The authority's keys in memory behind the ports of the real signer: the same inspection, no HSM. */
import { createHash, createHmac, randomBytes, sign } from "node:crypto";
import {
  type CardKeys,
  type CardSession,
  EquipmentTrust,
  inspectIntent,
  intentMacInput,
  NotActivated,
  type RecordedIntent,
  SignerRefused,
  type SigningIntent,
  type SigningKey,
  SigningUnavailable,
  suiteOf,
} from "@mitome/ca";
import { signatureAlgorithms } from "@mitome/x509";
import { CardAuthority } from "./card-authority.ts";
import type { SoftAuthority } from "./soft-authority.ts";

/** Where the soft signer reads recorded rows, as the real one reads the ledger with its own role. */
export type ReadRow = (
  id: string,
) => Promise<{ readonly intent: SigningIntent; readonly mac: Uint8Array; readonly fence: number } | undefined>;

/** A signer in memory. */
export class SoftSigner implements SigningKey {
  active = true;
  reachable = true;
  /** Every signature made: intent ids in order. */
  readonly journal: string[] = [];
  readonly #authority: SoftAuthority;
  readonly #readRow: ReadRow;
  readonly #now: () => Date;
  readonly #secret: Uint8Array;
  readonly #trust: EquipmentTrust;

  constructor(authority: SoftAuthority, readRow: ReadRow, now: () => Date, secret: Uint8Array = randomBytes(32)) {
    this.#authority = authority;
    this.#readRow = readRow;
    this.#now = now;
    this.#secret = secret;
    this.#trust = new EquipmentTrust(authority.definition.id, authority.equipmentRootKey.subjectPublicKeyInfo);
  }

  async activated(): Promise<boolean> {
    return this.active;
  }

  async macIntent(intent: SigningIntent): Promise<Uint8Array> {
    this.#ready();
    this.#inspect(intent);
    return this.#mac("intent", intentMacInput(intent));
  }

  async sign({ id, fence }: RecordedIntent): Promise<Uint8Array> {
    this.#ready();
    const row = await this.#readRow(id);
    if (row === undefined) throw new SignerRefused("intentUnknown");
    if (row.fence !== fence) throw new SignerRefused("fenceWrong");
    if (Buffer.compare(this.#mac("intent", intentMacInput(row.intent)), row.mac) !== 0) {
      throw new SignerRefused("macWrong");
    }
    this.#inspect(row.intent);
    this.journal.push(id);
    const equipment = row.intent.kind === "equipment" || row.intent.kind === "equipment-root";
    const { privateKey } = equipment ? this.#authority.equipmentRootKey : this.#authority.key;
    const algorithm = equipment ? "ecdsa-with-SHA256" : suiteOf(this.#authority.definition).signatureAlgorithm;
    return sign(signatureAlgorithms[algorithm].digest, row.intent.tbs, privateKey);
  }

  async subscriberId(residentCode: string): Promise<string> {
    this.#reach();
    return this.#mac("subscriber-id", Buffer.from(residentCode)).toString("hex");
  }

  /** What the operator's socket does: an enrolment ticket's MAC. */
  ticketMac(ticket: object): Uint8Array {
    return this.#mac("ticket", Buffer.from(JSON.stringify(ticket)));
  }

  #mac(key: string, bytes: Uint8Array): Buffer {
    return createHmac("sha256", this.#secret).update(`${key}\0`).update(bytes).digest();
  }

  #inspect(intent: SigningIntent): void {
    const equipment = intent.kind === "equipment" || intent.kind === "equipment-root";
    const inspection = inspectIntent(intent, {
      definition: this.#authority.definition,
      signingKey: (equipment ? this.#authority.equipmentRootKey : this.#authority.key).subjectPublicKeyInfo,
      equipment: this.#trust,
      isRevoked: () => false,
      now: this.#now(),
    });
    if (inspection.kind === "wrong") throw new SignerRefused("inspectionFailed");
    if (inspection.ticket === undefined) return;
    const right = Buffer.compare(this.ticketMac(inspection.ticket.ticket), inspection.ticket.mac) === 0;
    if (!right) throw new SignerRefused("macWrong");
  }

  #reach(): void {
    if (!this.reachable) throw new SigningUnavailable("the signer cannot be reached");
  }

  #ready(): void {
    this.#reach();
    if (!this.active) throw new NotActivated("not activated");
  }
}

/** Card keys in memory, diversified as in the HSM. */
export class SoftCardKeys implements CardKeys {
  reachable = true;
  readonly #cards: CardAuthority;

  constructor(components: readonly [string, string]) {
    this.#cards = new CardAuthority(components);
  }

  async openSession({ cardNumber, cardChallenge }: Parameters<CardKeys["openSession"]>[0]) {
    this.#reach();
    const { hostChallenge, hostCryptogram } = this.#cards.openSession(cardNumber, cardChallenge);
    return { hostChallenge, hostCryptogram };
  }

  async verifyCard({ cardCryptogram, ...session }: Parameters<CardKeys["verifyCard"]>[0]): Promise<boolean> {
    return this.#session(session).isCard(cardCryptogram);
  }

  async authorise({ counter, commands, ...session }: Parameters<CardKeys["authorise"]>[0]) {
    const planned = commands.map(({ dataDigest, ...header }) => ({ ...header, payloadDigest: dataDigest }));
    return this.#session(session).macs(planned, counter);
  }

  async verifyOrigin({ counter, caseChallenge, spki, mac, ...session }: Parameters<CardKeys["verifyOrigin"]>[0]) {
    const digest = createHash("sha256").update(spki).digest();
    return Buffer.compare(this.#session(session).originMac(counter, caseChallenge, digest), mac) === 0;
  }

  #session({ cardNumber, cardChallenge, hostChallenge }: CardSession) {
    this.#reach();
    return this.#cards.openSession(cardNumber, cardChallenge, hostChallenge);
  }

  #reach(): void {
    if (!this.reachable) throw new SigningUnavailable("the card keys cannot be reached");
  }
}
