import { createHash, timingSafeEqual } from "node:crypto";
import { type CommandApdu, DATA_TAG, isSignaturePassword, JPKI, KEY_ALGORITHMS, SW } from "@mitome/card";
import type { CardApplication, CardMemory } from "./card-memory.ts";
import type { CardSession } from "./card-session.ts";
import { signDigestInfo } from "./chip-keys.ts";
import type { Answer, CardCommandName, Chip } from "./virtual-card.ts";

type ApplicationName = "signature" | "authentication";

const FILES: ReadonlySet<number> = new Set(Object.values(JPKI.file));
const KEY_FILE: Readonly<Record<number, ApplicationName>> = {
  [JPKI.file.signatureKey]: "signature",
  [JPKI.file.authenticationKey]: "authentication",
};
const SECRET_FILE: Readonly<Record<number, ApplicationName>> = {
  [JPKI.file.signaturePassword]: "signature",
  [JPKI.file.authenticationPin]: "authentication",
};

/** SELECT by application identifier (P1 04) or by file identifier (P1 02), without file control information. */
export function selectFile(command: CommandApdu, session: CardSession): Answer {
  const { cla, p1, p2, data } = command;
  if (cla !== 0x00) return { sw: SW.claNotSupported };
  if (p1 === 0x04) {
    if (data === undefined || Buffer.compare(data, JPKI.aid) !== 0) return { sw: SW.fileNotFound };
    // Selecting the application anew is its log-out: nothing verified or authenticated survives it.
    session.applicationSelected = true;
    session.currentFile = null;
    session.signatureVerified = false;
    session.authenticationVerified = false;
    session.challenge = null;
    session.administration = null;
    return { sw: SW.ok };
  }
  if (!session.applicationSelected) return { sw: SW.fileNotFound };
  if (p1 !== 0x02 || p2 !== 0x0c) return { sw: SW.wrongP1P2 };
  if (data?.length !== 2) return { sw: SW.wrongLength };
  const file = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
  if (!FILES.has(file)) return { sw: SW.fileNotFound };
  session.currentFile = file;
  return { sw: SW.ok };
}

/** The public JPKI command set but for SELECT and GET RESPONSE. */
export function publicCommand(name: CardCommandName, command: CommandApdu, chip: Chip): Answer {
  switch (name) {
    case "verify":
      return verify(command, chip);
    case "changeReferenceData":
      return changeReferenceData(command, chip);
    case "performSecurityOperation":
      return sign(command, chip);
    case "readBinary":
      return readBinary(command, chip);
    case "getChallenge":
      return getChallenge(command, chip);
    case "getData":
      return getData(command, chip.memory);
    default:
      return { sw: SW.insNotSupported };
  }
}

function verify({ p1, p2, data }: CommandApdu, chip: Chip): Answer {
  const name = SECRET_FILE[chip.session.currentFile ?? -1];
  if (p1 !== 0x00 || p2 !== 0x80) return { sw: SW.wrongP1P2 };
  if (name === undefined) return { sw: SW.noCurrentEf };
  const { triesLeft } = chip.memory[name];
  // OpenSC binds only to a card whose status query always answers 63Cx, even when verified or locked.
  const tries = chip.memory[name].secret === null ? 0 : triesLeft;
  if (data === undefined) return { sw: SW.triesLeft | tries };
  if (chip.memory[name].secret === null) return { sw: SW.referenceDataNotUsable };
  setVerified(chip.session, name, false);
  if (triesLeft === 0) return { sw: SW.triesLeft };
  // 千葉県運用規程 2-1-3(16): the try is spent before the comparison, so that cutting the power gains nobody a sixth one.
  chip.save(withApplication(chip.memory, name, { triesLeft: triesLeft - 1 }));
  if (!secretMatches(chip.memory[name], data)) return { sw: SW.triesLeft | (triesLeft - 1) };
  chip.save(withApplication(chip.memory, name, { triesLeft: triesOf(name) }));
  setVerified(chip.session, name, true);
  return { sw: SW.ok };
}

function changeReferenceData({ p1, p2, data }: CommandApdu, chip: Chip): Answer {
  const name = SECRET_FILE[chip.session.currentFile ?? -1];
  if (p1 !== 0x01 || p2 !== 0x80) return { sw: SW.wrongP1P2 };
  if (name === undefined) return { sw: SW.noCurrentEf };
  if (!isVerified(chip.session, name)) return { sw: SW.securityStatusNotSatisfied };
  if (data === undefined) return { sw: SW.wrongLength };
  const allowed =
    name === "signature"
      ? isSignaturePassword(data, chip.memory.passwordRule)
      : data.length === 4 && data.every((byte) => byte >= 0x30 && byte <= 0x39);
  if (!allowed) return { sw: SW.wrongData };
  chip.save(withApplication(chip.memory, name, { secret: storedSecret(data, chip.random(16)) }));
  return { sw: SW.ok };
}

// ISO 7816-8 §11.4, PERFORM SECURITY OPERATION: the JPKI application takes a DigestInfo and pads it itself.
function sign({ p1, p2, data }: CommandApdu, chip: Chip): Answer {
  const name = KEY_FILE[chip.session.currentFile ?? -1];
  if (p1 !== 0x00 || p2 !== 0x80) return { sw: SW.wrongP1P2 };
  if (name === undefined) return { sw: SW.noCurrentEf };
  if (!isVerified(chip.session, name)) return { sw: SW.securityStatusNotSatisfied };
  if (data === undefined) return { sw: SW.wrongLength };
  const { key } = chip.memory[name];
  if (key === null) return { sw: SW.referencedDataNotFound };
  const signature = signDigestInfo(key.algorithm, Buffer.from(key.privateKey, "base64"), data);
  return signature === undefined ? { sw: SW.wrongData } : { sw: SW.ok, data: signature };
}

function readBinary({ p1, p2, data, le }: CommandApdu, chip: Chip): Answer {
  const file = chip.session.currentFile;
  if (data !== undefined || le === undefined) return { sw: SW.wrongLength };
  if (p1 >= 0x80) return { sw: SW.wrongP1P2 };
  if (file === null) return { sw: SW.noCurrentEf };
  const content = contentOf(file, chip.memory);
  if (content === undefined) return { sw: SW.commandIncompatibleWithFile };
  const mayRead =
    file !== JPKI.file.signatureCertificate ||
    chip.session.signatureVerified ||
    chip.session.administration?.written.has(file);
  if (!mayRead) return { sw: SW.securityStatusNotSatisfied };
  const offset = (p1 << 8) | p2;
  if (offset >= content.length) return { sw: SW.wrongOffset };
  const part = content.subarray(offset, offset + le);
  // Le 00 asks for whatever there is; a stated length that runs past the end is a warning.
  return { sw: part.length < le && le !== 256 ? SW.endOfFileReached : SW.ok, data: part };
}

function getChallenge({ p1, p2, data, le }: CommandApdu, chip: Chip): Answer {
  if (p1 !== 0x00 || p2 !== 0x00) return { sw: SW.wrongP1P2 };
  if (data !== undefined || le !== 16) return { sw: SW.wrongLength };
  const challenge = chip.random(16);
  chip.session.challenge = challenge;
  chip.session.administration = null;
  return { sw: SW.ok, data: challenge };
}

function getData({ p1, p2, data }: CommandApdu, memory: CardMemory): Answer {
  if (data !== undefined) return { sw: SW.wrongLength };
  const tag = (p1 << 8) | p2;
  if (tag === DATA_TAG.cardNumber) return { sw: SW.ok, data: Buffer.from(memory.cardNumber, "ascii") };
  if (tag !== DATA_TAG.cardStatus) return { sw: SW.referencedDataNotFound };
  const { key, secret, certificate, authorityCertificate, triesLeft } = memory.signature;
  const flags =
    (key === null ? 0 : 1) |
    (secret === null ? 0 : 2) |
    (holdsCertificate(certificate) ? 4 : 0) |
    (holdsCertificate(authorityCertificate) ? 8 : 0);
  return { sw: SW.ok, data: Uint8Array.of(flags, key === null ? 0 : KEY_ALGORITHMS[key.algorithm], triesLeft) };
}

/** Whether a certificate file (base64) holds a certificate; an interrupted write leaves its header blank. */
export function holdsCertificate(content: string): boolean {
  return Buffer.from(content.slice(0, 4), "base64")[0] === 0x30;
}

/** Tries that a right entry restores. */
export function triesOf(name: ApplicationName): number {
  return name === "signature" ? JPKI.signaturePasswordTries : JPKI.authenticationPinTries;
}

/** The memory with a part of one application replaced. */
export function withApplication(
  memory: CardMemory,
  name: ApplicationName,
  change: Partial<CardApplication>,
): CardMemory {
  return { ...memory, [name]: { ...memory[name], ...change } };
}

/** A password or PIN as the card keeps it. */
export function storedSecret(secret: Uint8Array, salt: Uint8Array): NonNullable<CardApplication["secret"]> {
  const digest = createHash("sha256").update(salt).update(secret).digest("base64");
  return { salt: Buffer.from(salt).toString("base64"), digest };
}

function secretMatches(application: CardApplication, entered: Uint8Array): boolean {
  if (application.secret === null) return false;
  const { digest } = storedSecret(entered, Buffer.from(application.secret.salt, "base64"));
  return timingSafeEqual(Buffer.from(digest), Buffer.from(application.secret.digest));
}

function isVerified(session: CardSession, name: ApplicationName): boolean {
  return name === "signature" ? session.signatureVerified : session.authenticationVerified;
}

function setVerified(session: CardSession, name: ApplicationName, verified: boolean): void {
  if (name === "signature") session.signatureVerified = verified;
  else session.authenticationVerified = verified;
}

// Keys and passwords have no content: there is nothing that READ BINARY could return. 千葉県運用規程 6-2-2(1).
function contentOf(file: number, memory: CardMemory): Uint8Array | undefined {
  switch (file) {
    case JPKI.file.signatureCertificate:
      return Buffer.from(memory.signature.certificate, "base64");
    case JPKI.file.signatureAuthorityCertificate:
      return Buffer.from(memory.signature.authorityCertificate, "base64");
    case JPKI.file.authenticationCertificate:
      return Buffer.from(memory.authentication.certificate, "base64");
    case JPKI.file.authenticationAuthorityCertificate:
      return Buffer.from(memory.authentication.authorityCertificate, "base64");
    case JPKI.file.tokenInfo:
      return Buffer.from(JPKI.tokenInfo.padEnd(32, " "), "ascii");
    default:
      return undefined;
  }
}
