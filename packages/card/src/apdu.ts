import { overwritable } from "./overwritable.ts";

/** One ISO 7816-4 command with short lengths, before it is encoded. */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** 1 to 255 bytes; absent means no command data. */
  readonly data?: Uint8Array;
  /** Expected length of the answer, 1 to 256; absent means that none is expected. */
  readonly le?: number;
}

/** A card's answer, split. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  /** SW1 and SW2 as one 16-bit number. */
  readonly sw: number;
}

/** Encodes a command, ISO 7816-3 §12.1 cases 1 to 4 with short lengths. Throws RangeError for lengths out of range. */
export function encodeCommand(command: CommandApdu): Uint8Array {
  const { data = new Uint8Array(0), le } = command;
  if (data.length > 255) throw new RangeError("command data is at most 255 bytes");
  if (le !== undefined && (le < 1 || le > 256)) throw new RangeError("Le is 1 to 256");
  const lc = data.length > 0 ? 1 + data.length : 0;
  // Written straight into the one array that the caller can overwrite: the data may be a password.
  const bytes = overwritable(4 + lc + (le === undefined ? 0 : 1));
  bytes.set([command.cla, command.ins, command.p1, command.p2]);
  if (lc > 0) bytes[4] = data.length;
  bytes.set(data, 4 + (lc > 0 ? 1 : 0));
  if (le !== undefined) bytes[bytes.length - 1] = le & 0xff;
  return bytes;
}

/**
 * Decodes a command with short lengths. Returns `undefined` where lengths do not agree (the card's answer is 6700), which
 * includes extended lengths: the JPKI application takes none.
 */
export function parseCommand(bytes: Uint8Array): CommandApdu | undefined {
  const [cla, ins, p1, p2, third] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  if (third === undefined) return header;
  const le = (value: number): number => (value === 0 ? 256 : value);
  if (bytes.length === 5) return { ...header, le: le(third) };
  const end = 5 + third;
  if (third === 0 || bytes.length < end || bytes.length > end + 1) return undefined;
  const last = bytes[end];
  const data = bytes.subarray(5, end);
  return last === undefined ? { ...header, data } : { ...header, data, le: le(last) };
}

/** Splits a card's answer. Throws RangeError when it has no status word. */
export function parseResponse(bytes: Uint8Array): ResponseApdu {
  if (bytes.length < 2) throw new RangeError("a card's answer ends with two status bytes");
  const at = bytes.length - 2;
  return { data: bytes.subarray(0, at), sw: ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0) };
}

/** Encodes a card's answer. */
export function encodeResponse(sw: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(data.length + 2);
  bytes.set(data);
  bytes[data.length] = sw >> 8;
  bytes[data.length + 1] = sw & 0xff;
  return bytes;
}
