import { createHash } from "node:crypto";
import { JPKI } from "./jpki-application.ts";
import { overwritable } from "./overwritable.ts";
import { CASE_CHALLENGE_LENGTH } from "./secure-messaging.ts";
import {
  CERTIFICATE_FILE_SIZE,
  KEY_ALGORITHMS,
  type KeyAlgorithm,
  MAX_PAYLOAD,
  PASSWORD_NONCE_LENGTH,
  WRITE_INS,
} from "./write-profile.ts";

/** One operation on a card's signature application that the CA authorises by name. */
export type CardOperation =
  | { readonly name: "generateKey"; readonly algorithm: KeyAlgorithm; readonly caseChallenge: Uint8Array }
  /** The CA knows only SHA-256(payload); the agent alone has the payload. */
  | { readonly name: "setPassword"; readonly commitment: Uint8Array }
  | { readonly name: "storeCertificate"; readonly certificate: Uint8Array }
  | { readonly name: "storeAuthorityCertificate"; readonly certificate: Uint8Array }
  | { readonly name: "erase" };

/** A secured command as planned: with its payload, or (a password) with the digest of a payload that stays in the agent. */
export interface PlannedCommand {
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** SHA-256 of the payload, 32 bytes: what the CA's MAC covers. */
  readonly payloadDigest: Uint8Array;
  /** Absent for `setPassword`. */
  readonly payload?: Uint8Array;
}

/** The secured commands of one operation, in order; the n-th runs under counter + n. */
export function planCommands(operation: CardOperation): readonly PlannedCommand[] {
  switch (operation.name) {
    case "generateKey":
      return [withPayload(WRITE_INS.generateKeyPair, 0x80, 0x00, generateKeyPayload(operation))];
    case "setPassword":
      if (operation.commitment.length !== 32) throw new RangeError("a commitment is 32 bytes");
      return [{ ins: WRITE_INS.resetRetryCounter, p1: 0x02, p2: 0x80, payloadDigest: operation.commitment }];
    case "storeCertificate":
      return planFile(JPKI.file.signatureCertificate, operation.certificate);
    case "storeAuthorityCertificate":
      return planFile(JPKI.file.signatureAuthorityCertificate, operation.certificate);
    case "erase":
      return [withPayload(WRITE_INS.eraseSignatureApplication, 0x00, 0x00, new Uint8Array(0))];
  }
}

/**
 * Payload of `setPassword`: 16 random bytes, then the password in ASCII. The random bytes keep its SHA-256, which leaves the
 * agent as the commitment, from being searched for the password.
 */
export function setPasswordPayload(nonce: Uint8Array, password: Uint8Array): Uint8Array {
  if (nonce.length !== PASSWORD_NONCE_LENGTH) throw new RangeError("a nonce is 16 bytes");
  const payload = overwritable(nonce.length + password.length);
  payload.set(nonce);
  payload.set(password, nonce.length);
  return payload;
}

/** SHA-256 of a payload. */
export function payloadDigest(payload: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(payload).digest());
}

function withPayload(ins: number, p1: number, p2: number, payload: Uint8Array): PlannedCommand {
  return { ins, p1, p2, payload, payloadDigest: payloadDigest(payload) };
}

// ISO 7816-4 §6.3: control reference template AC with 80 (mechanism) and 94 (challenge of the case).
function generateKeyPayload(operation: { algorithm: KeyAlgorithm; caseChallenge: Uint8Array }): Uint8Array {
  if (operation.caseChallenge.length !== CASE_CHALLENGE_LENGTH) throw new RangeError("a case challenge is 32 bytes");
  const length = 3 + 2 + CASE_CHALLENGE_LENGTH;
  const head = [0xac, length, 0x80, 0x01, KEY_ALGORITHMS[operation.algorithm], 0x94, CASE_CHALLENGE_LENGTH];
  return Uint8Array.of(...head, ...operation.caseChallenge);
}

// A chunk costs 4 bytes of offset object and at most 3 of data object header.
const CHUNK = MAX_PAYLOAD - 4 - 3;

// The header is blanked first and written last: a write that was interrupted leaves an empty file, never half a certificate.
function planFile(file: number, content: Uint8Array): readonly PlannedCommand[] {
  if (content[0] !== 0x30 || content[1] !== 0x82) throw new RangeError("a certificate on a card starts 30 82");
  if (content.length > CERTIFICATE_FILE_SIZE) throw new RangeError("the certificate is larger than its file");
  const writes = [updateBinary(file, 0, new Uint8Array(4))];
  for (let at = CHUNK; at < content.length; at += CHUNK) {
    writes.push(updateBinary(file, at, content.subarray(at, at + CHUNK)));
  }
  writes.push(updateBinary(file, 0, content.subarray(0, CHUNK)));
  return writes;
}

// ISO 7816-4 §7.2.5, odd INS: offset data object 54, discretionary data object 53.
function updateBinary(file: number, offset: number, data: Uint8Array): PlannedCommand {
  const length = data.length < 0x80 ? [data.length] : [0x81, data.length];
  const payload = Uint8Array.of(0x54, 0x02, offset >> 8, offset & 0xff, 0x53, ...length, ...data);
  return withPayload(WRITE_INS.updateBinary, file >> 8, file & 0xff, payload);
}
