/**
 * A thousand revocations one after another, encoded once and for good: what was revoked never changes, so every list of
 * the partition has the same octets of them, but for entries whose certificates have ended.
 */
import { encodeRevokedCertificates, type RevokedCertificate } from "@mitome/x509";
import type { ListEntry, ListExtent, ListPartition, ListSource } from "../status-ports.ts";
import { wholeSecond } from "../validity.ts";

/** How many revocations a stretch has; it stands in the ledger for ever, so it is never another number. */
export const stretchLength = 1_000;

/** Entries as they stand in a list, and how long each stays there. The same octets whoever makes them. */
export interface EncodedEntries {
  /** Six octets an entry: the second its certificate ends in, since 1970, in five; the entry's own length in one. */
  readonly ends: Uint8Array;
  /** DER, one after another. */
  readonly entries: Uint8Array;
}

/** How many entries, and octets of them. */
export interface EntryMeasure {
  readonly entries: number;
  readonly octets: number;
}

const endOctets = 6;

/** Of a partition with this many revocations, how many are in stretches that are full. */
export function fullStretches(revocations: number): number {
  return Math.floor(revocations / stretchLength);
}

/** Of the revocations that fill a stretch some are not in the ledger. */
export class RevocationMissing extends Error {
  constructor() {
    super("a revocation is missing in the ledger");
    this.name = "RevocationMissing";
  }
}

/** Stretches one after another: the number of the first, and how many. */
export interface StretchRun {
  readonly first: number;
  readonly count: number;
}

/** Stretches whose revocations are read at once. */
export const longestRun = 8;

/** The numbers, in order, as runs of a few. */
export function runsOf(numbers: readonly number[]): readonly StretchRun[] {
  const runs: StretchRun[] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    const goesOn = last !== undefined && last.first + last.count === number && last.count < longestRun;
    if (goesOn) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ first: number, count: 1 });
  }
  return runs;
}

/** Reads the revocations that fill a run of stretches. */
export function readRun(source: ListSource, partition: ListPartition, { first, count }: StretchRun) {
  const after = (first - 1) * stretchLength;
  return source.readRevocations(partition, after, after + count * stretchLength);
}

/** The octets of so many full stretches; throws {@link RevocationMissing} for other than as many revocations. */
export function encodeStretches(revocations: Iterable<ListEntry>, count: number): readonly EncodedEntries[] {
  const left = revocations[Symbol.iterator]();
  const stretches = Array.from({ length: count }, () => encodeEntries(firstOf(left, stretchLength)));
  const areFull = stretches.every(({ ends }) => ends.length === stretchLength * endOctets);
  if (!areFull || left.next().done !== true) throw new RevocationMissing();
  return stretches;
}

function* firstOf<T>(iterator: Iterator<T>, count: number): Generator<T, void> {
  for (let taken = 0; taken < count; taken += 1) {
    const { done, value } = iterator.next();
    if (done === true) return;
    yield value;
  }
}

/** Encodes revocations in their order. */
export function encodeEntries(revocations: Iterable<ListEntry>): EncodedEntries {
  const seconds: number[] = [];
  const entries = encodeRevokedCertificates(asListed(revocations, seconds));
  const ends = new DataView(new ArrayBuffer(seconds.length * endOctets));
  let start = 0;
  for (const [index, second] of seconds.entries()) {
    const at = index * endOctets;
    ends.setUint8(at, Math.floor(second / 2 ** 32));
    ends.setUint32(at + 1, second % 2 ** 32);
    // An entry is shorter than 128 octets: its length is in the one after its tag.
    const length = 2 + (entries[start + 1] ?? 0);
    ends.setUint8(at + 5, length);
    start += length;
  }
  return { ends: new Uint8Array(ends.buffer), entries };
}

function* asListed(revocations: Iterable<ListEntry>, seconds: number[]): Generator<RevokedCertificate, void> {
  for (const { serial, revokedAt, reason, notAfter } of revocations) {
    seconds.push(Math.floor(notAfter.getTime() / 1000));
    yield { serialNumber: serial, revocationDate: wholeSecond(revokedAt), reason };
  }
}

/** The last end of any of the certificates. */
export function lastEndOf(ends: Uint8Array): Date {
  let last = 0;
  for (const { second } of eachEnd(ends)) last = Math.max(last, second);
  return new Date(last * 1000);
}

/** What is on a list of the entries whose ends these are. */
export function measureKept(ends: Uint8Array, { keptFrom }: Pick<ListExtent, "keptFrom">): EntryMeasure {
  let [entries, octets] = [0, 0];
  for (const { second, length } of eachEnd(ends)) {
    if (second * 1000 < keptFrom.getTime()) continue;
    entries += 1;
    octets += length;
  }
  return { entries, octets };
}

/** The octets of the entries that are on a list, in as few pieces as there can be. */
export function* keptOf(
  { ends, entries }: EncodedEntries,
  { keptFrom }: Pick<ListExtent, "keptFrom">,
): Generator<Uint8Array, void> {
  let [from, at] = [0, 0];
  for (const { second, length } of eachEnd(ends)) {
    if (second * 1000 < keptFrom.getTime()) {
      if (at > from) yield entries.subarray(from, at);
      from = at + length;
    }
    at += length;
  }
  if (at > from) yield entries.subarray(from, at);
}

function* eachEnd(ends: Uint8Array): Generator<{ readonly second: number; readonly length: number }, void> {
  const view = new DataView(ends.buffer, ends.byteOffset, ends.byteLength);
  for (let at = 0; at < view.byteLength; at += endOctets) {
    yield { second: view.getUint8(at) * 2 ** 32 + view.getUint32(at + 1), length: view.getUint8(at + 5) };
  }
}
