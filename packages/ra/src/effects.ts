import type { StoredCase } from "./step-case.ts";

/**
 * What the server owes the world in a state, as data. Every effect can be done again: its key stays the same until the
 * state is left, so a server that was killed in the middle repeats it and gets the same answer.
 */
export type Effect =
  /** Ask the authority and the card whether this card can take a certificate. */
  | { readonly kind: "readCard"; readonly cardNumber: string }
  /** 千葉県運用規程 4-2-3: ask early whether the resident holds a valid certificate. */
  | { readonly kind: "checkHolding"; readonly residentCode: string }
  | { readonly kind: "openAttempt"; readonly attempt: number; readonly cardNumber: string }
  | { readonly kind: "makeKey"; readonly attempt: number; readonly cardNumber: string; readonly caseChallenge: string }
  | { readonly kind: "requestIssuance"; readonly attempt: number }
  | {
      readonly kind: "storeCertificates";
      readonly attempt: number;
      readonly cardNumber: string;
      readonly serial: string;
      readonly certificate: string;
      readonly issuerCertificate: string;
      /** 1, and one more after each time the authority did not recognise what was read back. */
      readonly time: number;
    }
  | {
      readonly kind: "confirmDelivery";
      readonly attempt: number;
      readonly serial: string;
      readonly readBackHash: string;
    }
  | { readonly kind: "endAttempt"; readonly attempt: number; readonly reason: string }
  /** Erase the unused key where the card lies on the reader, then end the attempt. */
  | {
      readonly kind: "abandon";
      readonly attempt: number;
      readonly cardNumber: string;
      readonly keyMade: boolean;
      readonly reason: string;
    };

/** The effect that the state owes, or null where people act. */
export function effectOf({ value, context }: StoredCase): Effect | null {
  const { attempt, cardNumber, caseChallenge, certificate, readBackHash, resident } = context;
  switch (value) {
    case "readingCard":
      return cardNumber === null ? null : { kind: "readCard", cardNumber };
    case "checkingHolding":
      return resident === null ? null : { kind: "checkHolding", residentCode: resident.residentCode };
    case "openingAttempt":
      return cardNumber === null ? null : { kind: "openAttempt", attempt, cardNumber };
    case "makingKey":
      return cardNumber === null || caseChallenge === null
        ? null
        : { kind: "makeKey", attempt, cardNumber, caseChallenge };
    case "issuing":
      return { kind: "requestIssuance", attempt };
    case "storing": {
      if (cardNumber === null || certificate === null) return null;
      const { serial, issuerCertificate } = certificate;
      return {
        kind: "storeCertificates",
        attempt,
        cardNumber,
        serial,
        certificate: certificate.certificate,
        issuerCertificate,
        time: context.deliveriesRefused + 1,
      };
    }
    case "confirmingDelivery":
      if (certificate === null || readBackHash === null) return null;
      return { kind: "confirmDelivery", attempt, serial: certificate.serial, readBackHash };
    case "endingAttempt":
      return { kind: "endAttempt", attempt, reason: context.keyFailure ?? "newAttempt" };
    case "abandoning":
      if (cardNumber === null) return null;
      return {
        kind: "abandon",
        attempt,
        cardNumber,
        keyMade: context.key !== null,
        reason: context.outcome ?? "withdrawn",
      };
    default:
      return null;
  }
}

/** The effect's name in the record of effects: the same for every repetition. */
export function effectKey(effect: Effect): string {
  switch (effect.kind) {
    case "readCard":
      return `readCard:${effect.cardNumber}`;
    case "storeCertificates":
      return `storeCertificates:${effect.attempt}.${effect.time}`;
    case "checkHolding":
      return "checkHolding";
    default:
      return `${effect.kind}:${effect.attempt}`;
  }
}
