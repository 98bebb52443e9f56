import type { Writable } from "node:stream";

/**
 * One frame on a signer's socket: 4-byte big-endian length, then that many bytes of UTF-8 JSON.
 */

/** No frame of the protocol is longer: the largest is an intent with its request and certificates. */
export const MAXIMUM_FRAME_LENGTH = 1 << 20;

/** The peer sent a length above MAXIMUM_FRAME_LENGTH or bytes that are not JSON; its connection is closed. */
export class MalformedFrame extends Error {
  override readonly name = "MalformedFrame";
}

/** Encodes one value as a frame. */
export function encodeFrame(value: unknown): Buffer {
  const text = JSON.stringify(value);
  const length = Buffer.byteLength(text);
  if (length > MAXIMUM_FRAME_LENGTH) throw new MalformedFrame(`a frame of ${length} bytes is above the limit`);
  const frame = Buffer.allocUnsafe(4 + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, 4, "utf8");
  return frame;
}

/** Writes a frame together with the others of this turn of the event loop: one system call for all of them. */
export function writeTogether(socket: Writable, frame: Buffer): void {
  if (socket.writableCorked === 0) {
    socket.cork();
    setImmediate(() => socket.uncork());
  }
  socket.write(frame);
}

/** Collects chunks of a stream and yields each whole frame's value, in order. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Adds a chunk; returns the values of the frames it completes. Throws MalformedFrame. */
  push(chunk: Buffer): unknown[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const values: unknown[] = [];
    let offset = 0;
    while (this.#pending.length - offset >= 4) {
      const length = this.#pending.readUInt32BE(offset);
      if (length > MAXIMUM_FRAME_LENGTH) throw new MalformedFrame(`a frame of ${length} bytes is above the limit`);
      if (this.#pending.length - offset - 4 < length) break;
      values.push(parseJson(this.#pending.toString("utf8", offset + 4, offset + 4 + length)));
      offset += 4 + length;
    }
    this.#pending = this.#pending.subarray(offset);
    return values;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedFrame("a frame is not JSON");
  }
}
