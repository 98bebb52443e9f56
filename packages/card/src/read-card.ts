import type { CardState } from "./agent-protocol.ts";
import { type CommandApdu, encodeCommand, parseResponse, type ResponseApdu } from "./apdu.ts";
import { CardMisbehaved, type CardTransport } from "./card-transport.ts";
import { INS, JPKI } from "./jpki-application.ts";
import { SW } from "./status-words.ts";
import { DATA_TAG, keyAlgorithmOf } from "./write-profile.ts";

/** Sends one command, collects what the card announces by 61xx, and overwrites the encoded command afterwards. */
export async function exchange(card: CardTransport, command: CommandApdu): Promise<ResponseApdu> {
  const encoded = encodeCommand(command);
  let answer: ResponseApdu;
  try {
    answer = parseResponse(await card.transmit(encoded));
  } finally {
    // It may have carried a password.
    encoded.fill(0);
  }
  const parts = [answer.data];
  while ((answer.sw & 0xff00) === SW.bytesRemaining) {
    const le = answer.sw & 0xff || 256;
    answer = parseResponse(await card.transmit(encodeCommand({ cla: 0, ins: INS.getResponse, p1: 0, p2: 0, le })));
    if (answer.data.length === 0) throw new CardMisbehaved("getResponse", answer.sw);
    parts.push(answer.data);
  }
  return { data: new Uint8Array(Buffer.concat(parts)), sw: answer.sw };
}

/** As {@link exchange}, for commands that a right card never refuses here. Throws {@link CardMisbehaved} for other than 9000. */
export async function exchangeOk(name: string, card: CardTransport, command: CommandApdu): Promise<Uint8Array> {
  const answer = await exchange(card, command);
  if (answer.sw !== SW.ok) throw new CardMisbehaved(name, answer.sw);
  return answer.data;
}

/** Selects the JPKI application; `false` when the card has none. Drops whatever was verified before. */
export async function selectJpki(card: CardTransport): Promise<boolean> {
  return (await exchange(card, { cla: 0, ins: INS.select, p1: 0x04, p2: 0x0c, data: JPKI.aid })).sw === SW.ok;
}

/** Selects an elementary file of the application. */
export async function selectElementaryFile(card: CardTransport, file: number): Promise<void> {
  const data = Uint8Array.of(file >> 8, file & 0xff);
  await exchangeOk("select", card, { cla: 0, ins: INS.select, p1: 0x02, p2: 0x0c, data });
}

/** The card's number, 16 characters; `null` when the card does not tell one (it is not of our stock). */
export async function readCardNumber(card: CardTransport): Promise<string | null> {
  const { data, sw } = await exchange(card, getData(DATA_TAG.cardNumber));
  const text = Buffer.from(data).toString("latin1");
  return sw === SW.ok && /^[0-9A-Z]{16}$/.test(text) ? text : null;
}

/** The card's state; the application must be selected. `null` when the card is not of our stock. */
export async function readCardState(card: CardTransport): Promise<CardState | null> {
  const cardNumber = await readCardNumber(card);
  if (cardNumber === null) return null;
  const data = await exchangeOk("getData", card, getData(DATA_TAG.cardStatus));
  const [flags = 0, algorithm = 0, tries = 0] = data;
  return {
    cardNumber,
    keyAlgorithm: keyAlgorithmOf(algorithm) ?? null,
    passwordSet: (flags & 2) !== 0,
    certificateStored: (flags & 4) !== 0,
    authorityCertificateStored: (flags & 8) !== 0,
    triesLeft: (flags & 2) === 0 ? 0 : tries,
  };
}

/**
 * Reads a certificate file as OpenSC does: 4 bytes of DER header, then as many bytes as it says. `null` when the file is blank.
 * The signature certificate needs the password verified, or to have been written in this session; else throws.
 */
export async function readCertificate(card: CardTransport, file: number): Promise<Uint8Array | null> {
  await selectElementaryFile(card, file);
  const header = await exchange(card, { cla: 0, ins: INS.readBinary, p1: 0, p2: 0, le: 4 });
  if (header.sw === SW.wrongOffset) return null;
  if (header.sw !== SW.ok && header.sw !== SW.endOfFileReached) throw new CardMisbehaved("readBinary", header.sw);
  const [tag, form, high = 0, low = 0] = header.data;
  if (tag !== 0x30 || form !== 0x82) return null;
  const length = 4 + ((high << 8) | low);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < length; ) {
    const le = Math.min(256, length - at);
    const part = await exchangeOk("readBinary", card, { cla: 0, ins: INS.readBinary, p1: at >> 8, p2: at & 0xff, le });
    if (part.length === 0) throw new CardMisbehaved("readBinary", SW.ok);
    parts.push(part);
    at += part.length;
  }
  return new Uint8Array(Buffer.concat(parts));
}

function getData(tag: number): CommandApdu {
  return { cla: 0, ins: INS.getData, p1: tag >> 8, p2: tag & 0xff, le: 256 };
}
