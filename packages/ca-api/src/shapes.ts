/** Shapes on the wire between a municipality and the authority: bytes are base64, instants ISO 8601 UTC. */
import { plainRefusalReasons, revocationReasons } from "@mitome/ca";
import { z } from "zod";

/** Octets as base64, of a fixed or bounded length. */
const octets = (minimum: number, maximum = minimum) =>
  z
    .base64()
    .max(Math.ceil(maximum / 3) * 4)
    .transform((text): Uint8Array => Buffer.from(text, "base64"))
    .refine((bytes) => bytes.length >= minimum && bytes.length <= maximum, {
      message: minimum === maximum ? `${minimum} octets` : `${minimum} to ${maximum} octets`,
    });

const instant = z.iso.datetime();
const serial = z.string().regex(/^(?:[0-9a-f]{2}){16,20}$/);
const cardNumber = z.string().regex(/^[0-9A-Z]{16}$/);
const municipality = z.string().regex(/^[0-9]{6}$/);
const base64 = z.base64();

/** One attempt of one case of the calling municipality. */
const attempt = { caseId: z.uuid(), attempt: z.int().min(1).max(1000) };

/** Largest body the authority reads of a call, in octets; the largest request it can need is a quarter of it. */
const largestBody = 64 * 1024;
/** Largest file of register changes in one call, in octets: 500 changes with the longest names and addresses. */
const largestRegisterFile = 1024 * 1024;

/** Largest body the authority reads of a call to this path, in octets. */
export function largestBodyOf(path: string): number {
  return path === "register.changes" ? Math.ceil(largestRegisterFile / 3) * 4 + 1024 : largestBody;
}
/** Deepest nesting of a body. */
export const deepestBody = 8;

/** `authority.describe` */
export const description = z.strictObject({
  authority: z.string(),
  practice: z.boolean(),
  suite: z.string(),
  prefecture: z.strictObject({ code: z.string(), name: z.string(), romaji: z.string() }),
  municipalities: z.array(z.strictObject({ code: municipality, name: z.string(), romaji: z.string() })),
  generations: z.array(z.strictObject({ number: z.int(), selfSignedCertificate: base64 })),
  currentGeneration: z.int(),
  issuing: z.boolean(),
});

/** `subscribers.holding` */
export const holdingQuestion = z.strictObject({ residentCode: z.string().regex(/^[0-9]{11}$/) });
export const holdingAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("holds"), serial, notBefore: instant, notAfter: instant, municipality }),
]);

/** `cards.look` */
export const cardQuestion = z.strictObject({ cardNumber });
export const cardAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("known"), state: z.enum(["inStock", "inCase", "issued", "withdrawn"]) }),
  z.strictObject({ kind: z.literal("unknownCard") }),
]);

/** `cards.openCase` */
export const caseOpening = z.strictObject({ ...attempt, cardNumber });
export const caseOpened = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("opened"), caseChallenge: base64 }),
  z.strictObject({
    kind: z.literal("refused"),
    reason: z.enum([
      "unknownCard",
      "cardNotInStock",
      "cardBusy",
      "attemptEnded",
      "otherCardInCase",
      "doubtRecorded",
      "previousAttemptOpen",
    ]),
  }),
]);

/** `cards.openSession` */
export const sessionOpening = z.strictObject({ ...attempt, cardNumber, cardChallenge: octets(16) });
export const sessionOpened = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("opened"), hostChallenge: base64, hostCryptogram: base64 }),
  z.strictObject({ kind: z.literal("refused"), reason: z.enum(["caseNotOpen"]) }),
]);

/** `cards.authorise` */
export const commandAuthorisation = z.strictObject({
  ...attempt,
  cardNumber,
  cardChallenge: octets(16),
  hostChallenge: octets(16),
  cardCryptogram: octets(16),
  /** Of the operation's first command; 1 for a session's first, and rising by one with each command. */
  counter: z.int().min(1).max(0xffff),
  command: z.discriminatedUnion("name", [
    z.strictObject({ name: z.literal("generateKey"), algorithm: z.enum(["rsa-2048", "p-384", "rsa-1024"]) }),
    z.strictObject({ name: z.literal("setPassword"), commitment: octets(32) }),
    z.strictObject({ name: z.literal("storeCertificate"), serial }),
    z.strictObject({ name: z.literal("storeAuthorityCertificate") }),
    z.strictObject({ name: z.literal("erase") }),
  ]),
});
export const commandAuthorised = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("authorised"), macs: z.array(base64) }),
  z.strictObject({
    kind: z.literal("refused"),
    reason: z.enum([
      "caseNotOpen",
      "commandNotNow",
      "sessionUnknown",
      "counterWrong",
      "cardNotAuthentic",
      "algorithmNotOfTheSuite",
    ]),
  }),
]);

/** `issuance.request` */
export const signedRequest = z.strictObject({ payload: octets(2, 16 * 1024), signature: octets(64) });
const refusal = z.discriminatedUnion("reason", [
  z.strictObject({
    kind: z.literal("refused"),
    reason: z.literal("subscriberAlreadyHasCertificate"),
    serial,
    notAfter: instant,
    municipality,
  }),
  z.strictObject({
    kind: z.literal("refused"),
    reason: z.literal("characterOutsideRepertoire"),
    field: z.string(),
    position: z.int(),
    character: z.string(),
  }),
  z.strictObject({ kind: z.literal("refused"), reason: z.literal("publicKeyRefused"), check: z.string() }),
  z.strictObject({ kind: z.literal("refused"), reason: z.literal("ruleBroken"), rule: z.string(), clause: z.string() }),
  z.strictObject({ kind: z.literal("refused"), reason: z.enum(plainRefusalReasons) }),
]);
const issued = z.strictObject({
  kind: z.literal("issued"),
  serial,
  certificate: base64,
  issuerCertificate: base64,
});
export const issuanceAnswer = z.union([issued, refusal]);

/** `revocation.request` */
const revocation = z.strictObject({ reason: z.enum(revocationReasons), revokedAt: instant });
export const revocationAnswer = z.union([
  z.strictObject({ kind: z.literal("revoked"), serial, ...revocation.shape }),
  z.discriminatedUnion("reason", [
    z.strictObject({ kind: z.literal("refused"), reason: z.literal("alreadyRevoked"), revocation }),
    z.strictObject({ kind: z.literal("refused"), reason: z.literal("certificateExpired"), notAfter: instant }),
    z.strictObject({
      kind: z.literal("refused"),
      reason: z.enum([
        "certificateUnknown",
        "notYetIssued",
        "causeNotOfThisRequester",
        "unknownAuthority",
        "municipalityNotTheCallers",
        "requestSignatureWrong",
        "clockUntrusted",
        "differentRequestUnderSameKey",
        "waitsForTwoApprovers",
      ]),
    }),
  ]),
]);

/** `register.changes` */
export const signedRegisterFile = z.strictObject({ file: octets(2, largestRegisterFile), signature: octets(64) });
const takenLine = z.discriminatedUnion("outcome", [
  z.strictObject({ line: z.int(), outcome: z.enum(["revoked", "nothingToRevoke", "older"]) }),
  z.strictObject({ line: z.int(), outcome: z.literal("notTaken"), why: z.literal("clockUntrusted") }),
  z.strictObject({
    line: z.int(),
    outcome: z.literal("workList"),
    why: z.enum([
      "malformedLine",
      "noSubscriber",
      "differentContentUnderSameName",
      "municipalityDiffers",
      "severalCertificates",
      "unclearDifference",
      "issuanceUnderWay",
      "occursLater",
      "versionFarAhead",
      "waitsForTwoApprovers",
      "releaseDeclined",
    ]),
  }),
]);
export const registerFileAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("taken"), file: z.uuid(), lines: z.array(takenLine) }),
  z.strictObject({
    kind: z.literal("refused"),
    reason: z.enum([
      "tooLong",
      "signatureWrong",
      "notUtf8",
      "headerMalformed",
      "senderNotTheSigner",
      "countDiffers",
      "tooManyChanges",
    ]),
  }),
]);

/** `issuance.confirmDelivery` */
export const deliveryConfirmation = z.strictObject({ ...attempt, serial, readBackHash: octets(32) });
export const deliveryAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("delivered") }),
  z.strictObject({ kind: z.literal("refused"), reason: z.enum(["caseNotOpen", "notThisCertificate"]) }),
]);

/** `issuance.endAttempt` */
export const attemptEnding = z.strictObject({
  ...attempt,
  reason: z.enum(["cardFailed", "keyLost", "applicantWithdrew", "doubt", "other"]),
});
export const attemptAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ended") }),
  z.strictObject({ kind: z.literal("refused"), reason: z.enum(["caseNotOpen", "alreadyDelivered"]) }),
]);

/** `equipment.renew` and, on the listener for machines that have no certificate yet, `enrolment.redeem` */
export const renewal = z.strictObject({ csr: octets(64, 4096), signature: octets(64) });
export const redemption = z.strictObject({ ticketId: z.uuid(), csr: octets(64, 4096), mac: octets(32) });
/** `equipment.inForce` */
export const machinesInForce = z.strictObject({ fingerprints: z.array(z.string().regex(/^[0-9a-f]{64}$/)) });
export const enrolled = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("issued"), certificate: base64, root: base64 }),
  z.strictObject({
    kind: z.literal("refused"),
    reason: z.enum(["ticketNotGood", "requestNotGood", "authorityNotActivated", "clockUntrusted"]),
  }),
]);
