import { randomBytes } from "node:crypto";
import {
  cardCryptogramInput,
  cardKeyDerivationData,
  cmac,
  commandMacInput,
  deriveKey,
  hostCryptogramInput,
  originMacInput,
  type PlannedCommand,
  sessionKeyDerivationData,
} from "@mitome/card";

/** The card-management side of an authority in software: what the token of a real one does, with the key in memory. */
export class CardAuthority {
  readonly #master: Uint8Array;

  /** `components`: the two custodians' components, base64 of 32 bytes each. */
  constructor(components: readonly [string, string]) {
    const [first, second] = components.map((text) => Buffer.from(text, "base64"));
    this.#master = Uint8Array.from({ length: 32 }, (_, i) => (first?.[i] ?? 0) ^ (second?.[i] ?? 0));
  }

  /** A session with one card: the host's challenge and cryptogram, and MACs for planned commands. */
  openSession(
    cardNumber: string,
    cardChallenge: Uint8Array,
    hostChallenge: Uint8Array = new Uint8Array(randomBytes(16)),
  ) {
    return new CardAuthoritySession(
      deriveKey(this.#master, cardKeyDerivationData(cardNumber)),
      cardNumber,
      cardChallenge,
      hostChallenge,
    );
  }
}

/** See {@link CardAuthority.openSession}. */
export class CardAuthoritySession {
  readonly #key: Uint8Array;
  readonly #cardNumber: string;
  readonly #cardChallenge: Uint8Array;
  readonly hostChallenge: Uint8Array;
  readonly hostCryptogram: Uint8Array;

  constructor(cardKey: Uint8Array, cardNumber: string, cardChallenge: Uint8Array, hostChallenge: Uint8Array) {
    this.#key = deriveKey(cardKey, sessionKeyDerivationData(cardChallenge, hostChallenge));
    this.#cardNumber = cardNumber;
    this.#cardChallenge = cardChallenge;
    this.hostChallenge = hostChallenge;
    this.hostCryptogram = cmac(this.#key, hostCryptogramInput(cardChallenge, hostChallenge));
  }

  /** How the card proves itself. */
  cardCryptogram(): Uint8Array {
    return cmac(this.#key, cardCryptogramInput(this.#cardChallenge, this.hostChallenge));
  }

  /** Whether the card proved itself. */
  isCard(cardCryptogram: Uint8Array): boolean {
    return Buffer.compare(this.cardCryptogram(), cardCryptogram) === 0;
  }

  /** One MAC a planned command, the first under `counter`. */
  macs(planned: readonly PlannedCommand[], counter: number): Uint8Array[] {
    return planned.map((command, index) => cmac(this.#key, commandMacInput({ ...command, counter: counter + index })));
  }

  /** The MAC by which the card vouches for a key. */
  originMac(counter: number, caseChallenge: Uint8Array, spkiDigest: Uint8Array): Uint8Array {
    return cmac(this.#key, originMacInput({ counter, cardNumber: this.#cardNumber, caseChallenge, spkiDigest }));
  }
}
