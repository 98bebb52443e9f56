/** A clock that stands where the test put it, and randomness that is the same in every run. */
import { createHash } from "node:crypto";
import type { Clock, Randomness } from "@mitome/ca";

/** A clock that moves when told to. */
export class FixedClock implements Clock {
  #now: number;
  #monotonic = 0;

  constructor(at: Date) {
    this.#now = at.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Time passes. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    this.#monotonic += milliseconds;
  }

  /** Somebody sets the wall clock. */
  set(at: Date): void {
    this.#now = at.getTime();
  }
}

/** The same octets in every run of a seed, never the same twice in one run. */
export class SeededRandomness implements Randomness {
  readonly #seed: string;
  #drawn = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  bytes(length: number): Uint8Array {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () =>
      createHash("sha256")
        .update(`${this.#seed}:${++this.#drawn}`)
        .digest(),
    );
    return Buffer.concat(blocks).subarray(0, length);
  }

  uuid(): string {
    const octets = Buffer.from(this.bytes(16));
    octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x40;
    octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
    return octets.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
}
