/** A whole authority on soft keys, and a card that makes right requests for it. */
import { createHash, sign } from "node:crypto";
import {
  type Call,
  type CardKeys,
  ClockGuard,
  chibaPracticeAuthority,
  type EquipmentLedger,
  EquipmentTrust,
  type IssuingAuthority,
  type Ledger,
  type SigningKey,
} from "@mitome/ca";
import { proofOfPossessionMessage } from "@mitome/card";
import { verificationKey } from "@mitome/x509";
import { CardAuthority } from "./card-authority.ts";
import type { FixedClock, SeededRandomness } from "./fixed-clock.ts";
import {
  makeSoftAuthority,
  type RequestPayload,
  requestPayload,
  type SoftAuthority,
  type SoftEquipment,
  type SoftKey,
} from "./soft-authority.ts";

/** The practice authority with elliptic keys, which are made in a moment. */
export const quickAuthority = { ...chibaPracticeAuthority, suite: "jpki-next" } as const;

/** A soft {@link quickAuthority} that begins at `at`. */
export function makeQuickAuthority(at: Date): SoftAuthority {
  return makeSoftAuthority(at, quickAuthority);
}

/** Both custodians' components of the test card keys. */
export const testCardComponents = [
  Buffer.alloc(32, 0x5a).toString("base64"),
  Buffer.alloc(32, 0xc3).toString("base64"),
] as const;

/** What of an authority a test chooses. */
export interface SoftPorts {
  readonly ledger: Ledger;
  readonly equipment: EquipmentLedger;
  readonly signingKey: SigningKey;
  readonly cardKeys: CardKeys;
  readonly clock: FixedClock;
  readonly randomness: SeededRandomness;
}

/** The use cases' one argument out of soft keys and the ports given. */
export function issuingAuthorityOf(soft: SoftAuthority, ports: SoftPorts): IssuingAuthority {
  const { definition, generation, selfSigned, equipmentRootKey, equipmentRoot } = soft;
  const key = verificationKey(generation.subjectPublicKeyInfo);
  const current = { ...generation, certificate: selfSigned, key };
  const root = equipmentRootKey.subjectPublicKeyInfo;
  return {
    definition,
    current,
    generations: new Map([[generation.number, current]]),
    equipmentRoot: {
      number: 1,
      subjectPublicKeyInfo: root,
      certificate: equipmentRoot,
      key: verificationKey(root),
    },
    clockGuard: new ClockGuard(ports.clock, undefined, { unattended: true }),
    ...ports,
  };
}

/** A call by this machine. */
export function callBy(
  soft: SoftAuthority,
  { certificate }: SoftEquipment,
  clerk: string | undefined = "clerk-7",
): Call {
  const trust = new EquipmentTrust(soft.definition.id, soft.equipmentRootKey.subjectPublicKeyInfo);
  const known = trust.recognise(certificate);
  if (known === undefined) throw new Error("a machine of another hierarchy");
  return { caller: { ...known, certificate }, clerk, witness: () => {} };
}

/** One card that makes keys and vouches for them. */
export class SoftCard {
  readonly cardNumber: string;
  readonly #components: readonly [string, string];

  constructor(cardNumber: string, components: readonly [string, string] = testCardComponents) {
    this.cardNumber = cardNumber;
    this.#components = components;
  }

  /** What a municipality sends for a key made on this card, every proof right. */
  request(about: {
    readonly at: Date;
    readonly caseId: string;
    readonly attempt: number;
    readonly challenge: Uint8Array;
    readonly key: SoftKey;
    readonly changes?: RequestPayload;
  }): RequestPayload {
    const { cardNumber } = this;
    const { caseId, challenge, key } = about;
    const spki = key.subjectPublicKeyInfo;
    const message = proofOfPossessionMessage({ caseChallenge: challenge, caseId, cardNumber, spki });
    const hash = key.privateKey.asymmetricKeyType === "rsa" ? "sha256" : "sha384";
    const cardChallenge = Buffer.alloc(16, 1);
    const hostChallenge = Buffer.alloc(16, 2);
    const session = new CardAuthority(this.#components).openSession(cardNumber, cardChallenge, hostChallenge);
    const mac = session.originMac(1, challenge, createHash("sha256").update(spki).digest());
    return requestPayload(spki, about.at, {
      caseId,
      attempt: about.attempt,
      proofOfPossession: sign(hash, message, key.privateKey).toString("base64"),
      cardOrigin: {
        cardNumber,
        cardChallenge: cardChallenge.toString("base64"),
        hostChallenge: hostChallenge.toString("base64"),
        counter: 1,
        mac: Buffer.from(mac).toString("base64"),
      },
      ...about.changes,
    });
  }
}
