import { timingSafeEqual } from "node:crypto";
import {
  CASE_CHALLENGE_LENGTH,
  CERTIFICATE_FILE_SIZE,
  CHALLENGE_LENGTH,
  CLA_SECURED,
  type CommandApdu,
  cardCryptogramInput,
  cardPublicKeyOf,
  cmac,
  commandMacInput,
  deriveKey,
  encodeGeneratedKey,
  hostCryptogramInput,
  isSignaturePassword,
  JPKI,
  keyAlgorithmOf,
  MAC_LENGTH,
  originMacInput,
  PASSWORD_NONCE_LENGTH,
  payloadDigest,
  readDataObjects,
  SW,
  sessionKeyDerivationData,
} from "@mitome/card";
import { blankApplication } from "./card-memory.ts";
import type { AdministrationSession } from "./card-session.ts";
import { publicKeyOf } from "./chip-keys.ts";
import { holdsCertificate, storedSecret, triesOf, withApplication } from "./public-commands.ts";
import type { Answer, CardCommandName, Chip } from "./virtual-card.ts";

/**
 * Our write profile: MUTUAL AUTHENTICATE, and the secured commands that it opens. Each secured command is authorised by itself,
 * with a MAC over counter, instruction, parameters and payload: being authenticated allows nothing.
 */
export async function administrationCommand(name: CardCommandName, command: CommandApdu, chip: Chip): Promise<Answer> {
  if (name === "mutualAuthenticate") return mutualAuthenticate(command, chip);
  const opened = openSecured(command, chip);
  if ("sw" in opened) return opened;
  switch (name) {
    case "generateKeyPair":
      return generateKeyPair(command, opened, chip);
    case "resetRetryCounter":
      return resetRetryCounter(command, opened, chip);
    case "updateBinary":
      return updateBinary(command, opened, chip);
    case "eraseSignatureApplication":
      return eraseSignatureApplication(command, opened, chip);
    default:
      return { sw: SW.insNotSupported };
  }
}

function mutualAuthenticate({ cla, p1, p2, data }: CommandApdu, chip: Chip): Answer {
  const { session, memory } = chip;
  if (cla !== 0x00) return { sw: SW.claNotSupported };
  if (p1 !== 0x00 || p2 !== 0x00) return { sw: SW.wrongP1P2 };
  if (data?.length !== CHALLENGE_LENGTH + MAC_LENGTH) return { sw: SW.wrongLength };
  const cardChallenge = session.challenge;
  session.challenge = null;
  session.administration = null;
  if (cardChallenge === null) return { sw: SW.conditionsNotSatisfied };
  const hostChallenge = data.slice(0, CHALLENGE_LENGTH);
  const derivation = sessionKeyDerivationData(cardChallenge, hostChallenge);
  const key = deriveKey(Buffer.from(memory.cardKey, "base64"), derivation);
  const expected = cmac(key, hostCryptogramInput(cardChallenge, hostChallenge));
  if (!timingSafeEqual(expected, data.subarray(CHALLENGE_LENGTH))) return { sw: SW.authenticationFailed };
  session.administration = { key, counter: 1, written: new Set() };
  return { sw: SW.ok, data: cmac(key, cardCryptogramInput(cardChallenge, hostChallenge)) };
}

interface Opened {
  readonly administration: AdministrationSession;
  readonly counter: number;
  readonly payload: Uint8Array;
}

function openSecured({ cla, ins, p1, p2, data }: CommandApdu, chip: Chip): Opened | Answer {
  const { administration } = chip.session;
  if (cla !== CLA_SECURED) return { sw: SW.claNotSupported };
  if (administration === null) return { sw: SW.securityStatusNotSatisfied };
  if (data === undefined || data.length < 4 + MAC_LENGTH) return { sw: SW.wrongLength };
  const counter = Buffer.from(data).readUInt32BE(0);
  const payload = data.slice(4, -MAC_LENGTH);
  const input = commandMacInput({ counter, ins, p1, p2, payloadDigest: payloadDigest(payload) });
  const right = timingSafeEqual(cmac(administration.key, input), data.subarray(-MAC_LENGTH));
  if (!right || counter !== administration.counter) {
    // A forged, replayed or reordered command ends the session: there is one guess a session.
    chip.session.administration = null;
    return { sw: SW.secureMessagingIncorrect };
  }
  administration.counter += 1;
  return { administration, counter, payload };
}

// 千葉県運用規程 6-2-2(4): the key is made where it stays.
async function generateKeyPair({ p1, p2 }: CommandApdu, opened: Opened, chip: Chip): Promise<Answer> {
  if (p1 !== 0x80 || p2 !== 0x00) return { sw: SW.wrongP1P2 };
  const wanted = parseGenerate(opened.payload);
  if (wanted === undefined) return { sw: SW.wrongData };
  const algorithm = keyAlgorithmOf(wanted.algorithm);
  // RSA-1024 is there for historical reproduction only, on cards made for that.
  if (algorithm === undefined || (algorithm === "rsa-1024") !== chip.memory.historical) {
    return { sw: SW.functionNotSupported };
  }
  // A key that has a certificate is not replaced silently: it is erased first, by name.
  if (holdsCertificate(chip.memory.signature.certificate)) return { sw: SW.conditionsNotSatisfied };
  const privateKey = await chip.makePrivateKey(algorithm);
  const spki = publicKeyOf(privateKey);
  chip.save({
    ...chip.memory,
    signature: {
      ...blankApplication(triesOf("signature")),
      key: { algorithm, privateKey: Buffer.from(privateKey).toString("base64") },
    },
  });
  chip.session.signatureVerified = false;
  const origin = {
    counter: opened.counter,
    cardNumber: chip.memory.cardNumber,
    caseChallenge: wanted.caseChallenge,
    spkiDigest: payloadDigest(spki),
  };
  const originMac = cmac(opened.administration.key, originMacInput(origin));
  return { sw: SW.ok, data: encodeGeneratedKey({ publicKey: cardPublicKeyOf(spki), originMac }) };
}

function parseGenerate(payload: Uint8Array): { algorithm: number; caseChallenge: Uint8Array } | undefined {
  const [template, ...more] = dataObjects(payload);
  if (template?.tag !== 0xac || more.length > 0) return undefined;
  const [mechanism, challenge, ...others] = dataObjects(template.value);
  const algorithm = mechanism?.value[0];
  if (mechanism?.tag !== 0x80 || mechanism.value.length !== 1 || algorithm === undefined) return undefined;
  if (challenge?.tag !== 0x94 || challenge.value.length !== CASE_CHALLENGE_LENGTH || others.length > 0)
    return undefined;
  return { algorithm, caseChallenge: challenge.value };
}

// ISO 7816-4 §11.5.10, P1 02: new reference data without resetting code; the payload hides it behind random bytes.
function resetRetryCounter({ p1, p2 }: CommandApdu, { payload }: Opened, chip: Chip): Answer {
  if (p1 !== 0x02 || p2 !== 0x80) return { sw: SW.wrongP1P2 };
  const password = payload.subarray(PASSWORD_NONCE_LENGTH);
  if (!isSignaturePassword(password, chip.memory.passwordRule)) return { sw: SW.wrongData };
  if (chip.memory.signature.key === null) return { sw: SW.conditionsNotSatisfied };
  const secret = storedSecret(password, chip.random(16));
  chip.save(withApplication(chip.memory, "signature", { secret, triesLeft: triesOf("signature") }));
  chip.session.signatureVerified = false;
  return { sw: SW.ok };
}

function updateBinary({ p1, p2 }: CommandApdu, { administration, payload }: Opened, chip: Chip): Answer {
  const file = (p1 << 8) | p2;
  const field =
    file === JPKI.file.signatureCertificate
      ? "certificate"
      : file === JPKI.file.signatureAuthorityCertificate
        ? "authorityCertificate"
        : undefined;
  if (field === undefined) return { sw: SW.fileNotFound };
  const [at, content, ...more] = dataObjects(payload);
  if (at?.tag !== 0x54 || at.value.length !== 2 || content?.tag !== 0x53 || more.length > 0)
    return { sw: SW.wrongData };
  if (chip.memory.signature.key === null) return { sw: SW.conditionsNotSatisfied };
  const offset = Buffer.from(at.value).readUInt16BE(0);
  const end = offset + content.value.length;
  if (end > CERTIFICATE_FILE_SIZE) return { sw: SW.notEnoughMemory };
  const old = Buffer.from(chip.memory.signature[field], "base64");
  const next = Buffer.alloc(Math.max(old.length, end));
  old.copy(next);
  next.set(content.value, offset);
  chip.save(withApplication(chip.memory, "signature", { [field]: next.toString("base64") }));
  administration.written.add(file);
  return { sw: SW.ok };
}

function eraseSignatureApplication({ p1, p2 }: CommandApdu, { payload }: Opened, chip: Chip): Answer {
  if (p1 !== 0x00 || p2 !== 0x00) return { sw: SW.wrongP1P2 };
  if (payload.length > 0) return { sw: SW.wrongData };
  chip.save({ ...chip.memory, signature: blankApplication(triesOf("signature")) });
  chip.session.signatureVerified = false;
  return { sw: SW.ok };
}

function dataObjects(bytes: Uint8Array): ReturnType<typeof readDataObjects> {
  try {
    return readDataObjects(bytes);
  } catch {
    return [];
  }
}
