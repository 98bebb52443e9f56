import { createHash, timingSafeEqual } from "node:crypto";
import {
  type AuthorityDefinition,
  type EnrolmentTicket,
  EquipmentTrust,
  type IntentInspection,
  inspectIntent,
  intentMacInput,
} from "@mitome/ca";
import { macWithToken, readPublicKey, type Token } from "@mitome/hsm";
import type { IntentFields } from "@mitome/hsm/signer-client";
import { brandDer, type Der, type VerificationKey, verificationKey } from "@mitome/x509";

/** Labels of the authority token's keys; each serves one purpose. */
export const equipmentRootLabel = "equipment-root:1";
export const auditHeadsLabel = "audit-heads";
export const intentMacLabel = "intent-mac";
export const subscriberIdLabel = "subscriber-id";
export const ticketMacLabel = "ticket-mac";

/** Label of the key that a row of this kind and generation asks to sign with. */
export function signingKeyLabel(authority: string, kind: IntentFields["kind"], generation: number): string {
  const byEquipmentRoot = kind === "equipment" || kind === "equipment-root";
  return byEquipmentRoot ? equipmentRootLabel : `ca:${authority}:${generation}`;
}

/** The public half of a key in the token, read once. */
export interface KnownPublicKey {
  readonly subjectPublicKeyInfo: Der<"SubjectPublicKeyInfo">;
  readonly verificationKey: VerificationKey;
}

/** What an inspection allows to be signed, and with which key. */
export type Inspected = Extract<IntentInspection, { kind: "right" }> | Wrong;

/** What stands against an intent: the fault, and the rules it breaks. */
export type Wrong = { readonly kind: "wrong"; readonly detail: string };

/** What this process found of the octets under a MAC, good again while nothing outside them can have changed. */
type Remembered = {
  readonly mac: Uint8Array;
  readonly inspected: Extract<IntentInspection, { kind: "right" }>;
  readonly requester: string | undefined;
  readonly at: number;
};

const rememberedIntents = 1_024;
const rememberedFor = 60_000;

/**
 * The signer's own judgement of an intent, from its own definition and the keys in its own token; the ledger is asked
 * only whether the requester's certificate is still in force.
 */
export class Inspector {
  readonly #token: Token;
  readonly #definition: AuthorityDefinition;
  readonly #publicKeys = new Map<string, KnownPublicKey>();
  readonly #remembered = new Map<string, Remembered>();
  #equipment: EquipmentTrust | undefined;

  constructor(token: Token, definition: AuthorityDefinition) {
    this.#token = token;
    this.#definition = definition;
  }

  /** The definition that this signer holds to, whatever the ledger says. */
  get definition(): AuthorityDefinition {
    return this.#definition;
  }

  get authority(): string {
    return this.#definition.id;
  }

  /** Throws KeyMissing, TokenLocked, HsmUnavailable. */
  publicKey(label: string): KnownPublicKey {
    const known = this.#publicKeys.get(label);
    if (known !== undefined) return known;
    const subjectPublicKeyInfo = brandDer<"SubjectPublicKeyInfo">(readPublicKey(this.#token, label));
    const read = { subjectPublicKeyInfo, verificationKey: verificationKey(subjectPublicKeyInfo) };
    this.#publicKeys.set(label, read);
    return read;
  }

  /**
   * Inspects an intent and MACs it, for it to be recorded. Throws KeyMissing, TokenLocked, HsmUnavailable.
   */
  approve(
    intent: IntentFields,
    livingRequester: string | undefined,
    now: Date,
  ): { kind: "mac"; mac: Uint8Array } | Wrong {
    const inspected = this.#inspect(intent, livingRequester, now);
    if (inspected.kind === "wrong") return inspected;
    const octets = intentMacInput(intent);
    const mac = macWithToken(this.#token, intentMacLabel, octets);
    this.#remember(sha256Hex(octets), { mac, inspected, requester: livingRequester, at: performance.now() });
    return { kind: "mac", mac };
  }

  /**
   * Inspects a recorded intent and the MAC recorded with it. The right MAC is a function of the intent's octets, and the
   * inspection one of these octets, of the time and of whether the requester is still in force: what this process found
   * of the same octets within the last minute is not asked again, once, and the requester is compared.
   * Throws KeyMissing, TokenLocked, HsmUnavailable.
   */
  inspectRecorded(
    intent: IntentFields,
    recordedMac: Uint8Array,
    livingRequester: string | undefined,
    now: Date,
  ): Inspected | { readonly kind: "macWrong" } {
    const octets = intentMacInput(intent);
    const digest = sha256Hex(octets);
    const remembered = this.#remembered.get(digest);
    this.#remembered.delete(digest); // signed as a rule now: kept longer, it would only outlive the young generation
    const isFresh = remembered !== undefined && performance.now() - remembered.at < rememberedFor;
    const known = isFresh ? remembered : undefined;
    const mac = known?.mac ?? macWithToken(this.#token, intentMacLabel, octets);
    if (!equal(mac, recordedMac)) return { kind: "macWrong" };
    if (known !== undefined && known.requester === livingRequester) return known.inspected;
    return this.#inspect(intent, livingRequester, now);
  }

  #remember(digest: string, remembered: Remembered): void {
    this.#remembered.set(digest, remembered);
    if (this.#remembered.size <= rememberedIntents) return;
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest);
      return;
    }
  }

  #inspect(intent: IntentFields, livingRequester: string | undefined, now: Date): Inspected {
    // Before the key is looked up: the row's own words must not choose the key of another authority.
    if (intent.authority !== this.#definition.id) return { kind: "wrong", detail: "authority" };
    const key = this.publicKey(signingKeyLabel(intent.authority, intent.kind, intent.generation));
    this.#equipment ??= new EquipmentTrust(
      this.#definition.id,
      this.publicKey(equipmentRootLabel).subjectPublicKeyInfo,
    );
    const inspection = inspectIntent(intent, {
      definition: this.#definition,
      signingKey: key.subjectPublicKeyInfo,
      equipment: this.#equipment,
      isRevoked: (fingerprint) => fingerprint !== livingRequester,
      now,
    });
    if (inspection.kind === "wrong") {
      const rules = inspection.findings?.map((finding) => finding.rule).join(",");
      return { kind: "wrong", detail: rules === undefined ? inspection.fault : `${inspection.fault}: ${rules}` };
    }
    const { ticket } = inspection;
    if (ticket !== undefined && !equal(this.ticketMac(ticket.ticket), ticket.mac))
      return { kind: "wrong", detail: "ticket" };
    return inspection;
  }

  /** HMAC of an enrolment ticket. Throws KeyMissing, TokenLocked, HsmUnavailable. */
  ticketMac(ticket: EnrolmentTicket): Uint8Array {
    return macWithToken(this.#token, ticketMacLabel, ticketMacInput(ticket));
  }
}

/** Equality in time that does not tell where the first difference is. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The octets under a ticket's MAC: a domain tag and its fields in a fixed order, each as a JSON string. */
function ticketMacInput(ticket: EnrolmentTicket): Uint8Array {
  const { ticketId, authority, kind, municipality, place, codeKey, expiresAt } = ticket;
  const fields = [ticketId, authority, kind, municipality, place, Buffer.from(codeKey).toString("base64"), expiresAt];
  return Buffer.from(`mitome-enrolment-ticket-v1\0${JSON.stringify(fields)}`);
}
