/** A counter in one call: an authority on soft ports, a municipality's machine, cards and cases. */
import { randomUUID } from "node:crypto";
import {
  type Call,
  type CardKeys,
  type EquipmentLedger,
  type IssuanceAnswer,
  type IssuingAuthority,
  issueCertificate,
  type Ledger,
  type MalformedRequest,
  openCase,
  type SigningKey,
} from "@mitome/ca";
import { FixedClock, SeededRandomness } from "./fixed-clock.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import { makeSoftKey, type RequestPayload, type SoftAuthority, type SoftKey, signRequest } from "./soft-authority.ts";
import {
  callBy,
  issuingAuthorityOf,
  makeQuickAuthority,
  SoftCard,
  testCardComponents,
} from "./soft-issuing-authority.ts";
import { SoftCardKeys, SoftSigner } from "./soft-signer.ts";

/** When the tests' authority begins. */
export const began = new Date("2026-04-01T00:00:00Z");

let shared: SoftAuthority | undefined;

/** Ports that a test puts in the place of the desk's own. */
export interface DeskPorts {
  readonly ledger: Ledger;
  readonly signingKey: SigningKey;
  readonly cardKeys: CardKeys;
}

/** Machines are not this desk's business. */
const noEquipment: EquipmentLedger = {
  ticket: async () => undefined,
  countWrongTry: async () => {},
  redeemed: async () => undefined,
  recordOperationalIntent: () => Promise.reject(new Error("no machines here")),
  recordEquipment: () => Promise.reject(new Error("no machines here")),
  takeExpiredEquipment: async () => [],
};

/** A case at the counter: what is sent, as often as one likes. */
export interface DeskCase {
  readonly payload: RequestPayload;
  readonly signed: { readonly payload: Uint8Array; readonly signature: Uint8Array };
  readonly caseId: string;
  readonly cardNumber: string;
  readonly key: SoftKey;
}

/** An authority with a ledger in memory, and one municipality's counter before it. */
export class IssuingDesk {
  readonly soft: SoftAuthority;
  readonly clock = new FixedClock(new Date(began.getTime() + 60_000));
  readonly ledger = new MemoryLedger(this.clock);
  readonly signer: SoftSigner;
  readonly cardKeys = new SoftCardKeys(testCardComponents);
  readonly randomness = new SeededRandomness("desk");
  readonly authority: IssuingAuthority;
  readonly municipality: string;
  readonly call: Call;
  readonly #server: ReturnType<SoftAuthority["equip"]>;
  #cards = 0;

  constructor(municipality = "121002") {
    shared ??= makeQuickAuthority(began);
    this.soft = shared;
    this.signer = new SoftSigner(
      this.soft,
      (id) => this.ledger.readRow(id),
      () => this.clock.now(),
    );
    this.authority = this.authorityWith({});
    this.municipality = municipality;
    this.#server = this.soft.equip("server", municipality, "counter-1");
    this.call = callBy(this.soft, this.#server);
  }

  /** The same authority with other ports. */
  authorityWith(ports: Partial<DeskPorts>): IssuingAuthority {
    const { ledger, signer: signingKey, cardKeys, clock, randomness } = this;
    return issuingAuthorityOf(this.soft, {
      ...{ ledger, signingKey, cardKeys, clock, randomness, equipment: noEquipment },
      ...ports,
    });
  }

  /** Opens an attempt with a fresh card (or this one), and makes its request. */
  async openCase(
    changes: RequestPayload = {},
    about: {
      readonly caseId?: string;
      readonly attempt?: number;
      readonly cardNumber?: string;
      readonly key?: SoftKey;
    } = {},
  ): Promise<DeskCase> {
    const { caseId = randomUUID(), attempt = 1, key = makeSoftKey({ kind: "ec", curve: "P-384" }) } = about;
    const { cardNumber = this.newCard() } = about;
    const opened = await openCase(this.authority, this.call, { caseId, attempt, cardNumber });
    if (opened.kind === "refused") throw new Error(`the case was not opened: ${opened.reason}`);
    const { challenge } = opened;
    const at = this.clock.now();
    const payload = new SoftCard(cardNumber).request({ at, caseId, attempt, challenge, key, changes });
    return { payload, signed: this.sign(payload), caseId, cardNumber, key };
  }

  newCard(): string {
    this.#cards += 1;
    const cardNumber = `MITOME${String(this.#cards).padStart(10, "0")}`;
    this.ledger.receiveCard(cardNumber, this.municipality);
    return cardNumber;
  }

  sign(payload: RequestPayload) {
    return signRequest(this.#server, payload);
  }

  async issue(
    { signed }: Pick<DeskCase, "signed">,
    authority: IssuingAuthority = this.authority,
  ): Promise<IssuanceAnswer | MalformedRequest> {
    return await issueCertificate(authority, this.call, signed);
  }
}
