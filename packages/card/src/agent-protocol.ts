import { z } from "zod";
import { sealedPassword, terminalSessionKey } from "./sealed-password.ts";

// One WebSocket, JSON messages, the agent dials. Bytes are base64, instants ISO 8601 UTC. Unknown fields are refused both ways.
// Runs in the kiosk server and in the agent; imports nothing of Node.

const bytes = (length: number) =>
  z.base64().refine((text) => decodedLength(text) === length, { error: `base64 of ${length} bytes` });
const decodedLength = (text: string): number => (text.length / 4) * 3 - (text.match(/=+$/)?.[0].length ?? 0);

/** 16 upper-case letters and digits; readable from the card without authentication. */
export const cardNumber = z.string().regex(/^[0-9A-Z]{16}$/);
const certificate = z.base64().max(8192);
const commandId = z.uuid();
const serialNumber = z.string().regex(/^([0-9a-f]{2}){1,20}$/);
/** Algorithm of the key pair a card makes. */
export const keyAlgorithm = z.enum(["rsa-2048", "p-384", "rsa-1024"]);

const claims = {
  commandId,
  /** Place name of the terminal, as in its equipment certificate. */
  terminal: z.string().min(1).max(64),
  caseId: z.string().min(1).max(64),
  attempt: z.int().min(1),
  /** Used once a terminal. */
  commandNumber: z.int().min(1),
  /** At most ten minutes ahead. */
  expiresAt: z.iso.datetime(),
};
const forCard = { ...claims, cardNumber };

/**
 * Claims of a command: all that a server can ask of a terminal. They are the payload of a compact JWS (ES256, header
 * `{alg:"ES256", typ:"mitome-command+jws", x5c:[certificate]}`) signed by the kiosk server's equipment key.
 */
export const agentCommand = z.discriminatedUnion("operation", [
  z.strictObject({
    ...claims,
    cardNumber: cardNumber.nullable(),
    operation: z.literal("status"),
    params: z.strictObject({}),
  }),
  /** Makes a key on the card, sets its password and signs the proof of possession, in one exclusive card session. */
  z.strictObject({
    ...forCard,
    operation: z.literal("makeKey"),
    params: z.strictObject({ algorithm: keyAlgorithm, caseChallenge: bytes(32), sealedPassword }),
  }),
  z.strictObject({
    ...forCard,
    operation: z.literal("storeCertificates"),
    params: z.strictObject({ serial: serialNumber, certificate, authorityCertificate: certificate }),
  }),
  z.strictObject({
    ...forCard,
    operation: z.literal("verifyPassword"),
    params: z.union([z.strictObject({ sealedPassword }), z.strictObject({ pinPad: z.literal(true) })]),
  }),
  /** The sealed plaintext is current password, zero byte, new password. */
  z.strictObject({
    ...forCard,
    operation: z.literal("changePassword"),
    params: z.strictObject({ sealedPassword }),
  }),
  z.strictObject({ ...forCard, operation: z.literal("erase"), params: z.strictObject({}) }),
  /** The signature certificate is readable only with the password; the authority's always. */
  z.strictObject({
    ...forCard,
    operation: z.literal("readCertificates"),
    params: z.strictObject({ sealedPassword: sealedPassword.optional() }),
  }),
]);
/** See {@link agentCommand}. */
export type AgentCommand = z.infer<typeof agentCommand>;
/** Name of an operation. */
export type AgentOperationName = AgentCommand["operation"];

/** What a card's state is, read without authentication. */
export const cardState = z.strictObject({
  cardNumber,
  keyAlgorithm: keyAlgorithm.nullable(),
  passwordSet: z.boolean(),
  certificateStored: z.boolean(),
  authorityCertificateStored: z.boolean(),
  /** Tries left for the signature password; 0 = locked (or no password set yet). */
  triesLeft: z.int().min(0).max(15),
});
/** See {@link cardState}. */
export type CardState = z.infer<typeof cardState>;

/** Steps that the agent reports while it works. */
export const agentStep = z.enum([
  "authenticate",
  "generateKey",
  "setPassword",
  "proofOfPossession",
  "storeCertificate",
  "storeAuthorityCertificate",
  "readBack",
  "verifyPassword",
  "changePassword",
  "erase",
]);
/** See {@link agentStep}. */
export type AgentStep = z.infer<typeof agentStep>;

/** The named card command that the CA is asked to authorise. */
export const authorisedCommand = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("generateKey"), algorithm: keyAlgorithm }),
  z.strictObject({ name: z.literal("setPassword"), commitment: bytes(32) }),
  z.strictObject({ name: z.literal("storeCertificate"), serial: serialNumber }),
  z.strictObject({ name: z.literal("storeAuthorityCertificate") }),
  z.strictObject({ name: z.literal("erase") }),
]);
/** See {@link authorisedCommand}. */
export type AuthorisedCommandName = z.infer<typeof authorisedCommand>;

/** How an operation ended. `refused`: a rule said no; `interrupted`: the world was unable, the same command may be given anew. */
export const agentResult = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("status"), card: cardState.nullable(), pinPad: z.boolean() }),
  z.strictObject({
    kind: z.literal("keyMade"),
    /** DER SubjectPublicKeyInfo. */
    publicKey: z.base64().max(1024),
    keyGeneratedAt: z.iso.datetime(),
    /** RSASSA-PKCS1-v1_5 SHA-256, or DER ECDSA-Sig-Value SHA-384, over `proofOfPossessionMessage`. */
    proofOfPossession: z.base64().max(1024),
    cardOrigin: z.strictObject({
      cardNumber,
      cardChallenge: bytes(16),
      hostChallenge: bytes(16),
      counter: z.int().min(1),
      mac: bytes(16),
    }),
  }),
  z.strictObject({
    kind: z.literal("certificatesStored"),
    /** SHA-256 of the certificates as they were read back from the card, 32 bytes. */
    certificateHash: bytes(32),
    authorityCertificateHash: bytes(32),
  }),
  z.strictObject({ kind: z.literal("passwordRight") }),
  z.strictObject({ kind: z.literal("passwordChanged") }),
  z.strictObject({ kind: z.literal("erased") }),
  /** Null: none stored; for `certificate` also: no password was given. */
  z.strictObject({
    kind: z.literal("certificates"),
    certificate: certificate.nullable(),
    authorityCertificate: certificate.nullable(),
  }),
  z.strictObject({
    kind: z.literal("refused"),
    reason: z.enum([
      "commandNotRight",
      "otherCard",
      "wrongPassword",
      "cardLocked",
      "passwordNotAllowed",
      "sealedPasswordUnusable",
      "noPasswordSet",
      "noKey",
      "cardHoldsCertificate",
      "algorithmNotOnCard",
      "notAuthorised",
      "readBackDiffers",
      "pinPadCancelled",
      "noPinPad",
    ]),
    triesLeft: z.int().min(0).max(15).optional(),
    /** The CA's or the check's own word, e.g. `cardNotInStock`, `expired`, `replayed`. */
    why: z.string().max(64).optional(),
  }),
  z.strictObject({
    kind: z.literal("interrupted"),
    reason: z.enum([
      "noCard",
      "cardRemoved",
      "readerUnavailable",
      "authorityUnavailable",
      "agentRestarted",
      "cardMisbehaved",
      "connectionLost",
    ]),
    step: agentStep.nullable(),
  }),
]);
/** See {@link agentResult}. */
export type AgentResult = z.infer<typeof agentResult>;

/** A journal entry that the server has not yet acknowledged: its result if it came to one, else the last step begun. */
export const unfinishedCommand = z.strictObject({
  commandId,
  operation: z.string().max(32),
  caseId: z.string().max(64),
  attempt: z.int(),
  cardNumber: cardNumber.nullable(),
  step: agentStep.nullable(),
  phase: z.enum(["before", "after"]).nullable(),
  result: agentResult,
});
/** See {@link unfinishedCommand}. */
export type UnfinishedCommand = z.infer<typeof unfinishedCommand>;

/** Messages of the agent. */
export const agentMessage = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    terminal: z.string().min(1).max(64),
    agentVersion: z.string().max(32),
    sessionKey: terminalSessionKey,
    journal: z.array(unfinishedCommand).max(1000),
  }),
  z.strictObject({
    type: z.literal("card"),
    reader: z.string().max(128),
    present: z.boolean(),
    /** Null when the card is not of our kind. */
    cardNumber: cardNumber.nullable(),
    atr: z.base64().max(64).nullable(),
    pinPad: z.boolean(),
  }),
  z.discriminatedUnion("need", [
    z.strictObject({
      type: z.literal("need"),
      commandId,
      need: z.literal("hostChallenge"),
      cardNumber,
      cardChallenge: bytes(16),
    }),
    z.strictObject({
      type: z.literal("need"),
      commandId,
      need: z.literal("macs"),
      cardNumber,
      cardChallenge: bytes(16),
      hostChallenge: bytes(16),
      cardCryptogram: bytes(16),
      counter: z.int().min(1),
      command: authorisedCommand,
    }),
  ]),
  z.strictObject({ type: z.literal("progress"), commandId, step: agentStep }),
  z.strictObject({ type: z.literal("result"), commandId, result: agentResult }),
]);
/** See {@link agentMessage}. */
export type AgentMessage = z.infer<typeof agentMessage>;

/** Messages of the gateway. An answer is what was needed, or why it is not to be had. */
export const gatewayMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("command"), jws: z.string().max(32_768) }),
  z.strictObject({
    type: z.literal("answer"),
    commandId,
    answer: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("hostChallenge"), hostChallenge: bytes(16), hostCryptogram: bytes(16) }),
      z.strictObject({ kind: z.literal("macs"), macs: z.array(bytes(16)).min(1).max(64) }),
      z.strictObject({ kind: z.literal("refused"), reason: z.string().max(64) }),
      z.strictObject({ kind: z.literal("unavailable") }),
    ]),
  }),
  /** The result is safely recorded: the agent forgets the command. */
  z.strictObject({ type: z.literal("ack"), commandId }),
]);
/** See {@link gatewayMessage}. */
export type GatewayMessage = z.infer<typeof gatewayMessage>;
