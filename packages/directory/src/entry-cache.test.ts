import { describe, expect, it } from "vitest";
import type { CertificateEntry } from "./certificate-entry.ts";
import { EntryCache, usableUntil } from "./entry-cache.ts";

const asked = new Date("2026-11-22T03:00:00Z");
const after = (milliseconds: number) => new Date(asked.getTime() + milliseconds);
const lifetimes = { lists: 600_000, certificates: 3_600_000, absence: 60_000 };
const entryOf = (facts: Partial<CertificateEntry>): CertificateEntry => ({
  certificates: [],
  crossCertificatePairs: [],
  lists: [],
  leftOut: [],
  nextUpdates: [],
  notAfters: [],
  octets: 100,
  ...facts,
});
const lasting = after(1e12);
const until = (facts: Partial<CertificateEntry>) => usableUntil(entryOf(facts), asked, lifetimes);

describe("how long an entry is used again", () => {
  it("is the stated time, for lists, for certificates alone, and for absence", () => {
    expect(until({ nextUpdates: [lasting], notAfters: [lasting] })).toEqual(after(600_000));
    expect(until({ notAfters: [lasting] })).toEqual(after(3_600_000));
    expect(usableUntil(undefined, asked, lifetimes)).toEqual(after(60_000));
    expect(until({})).toEqual(after(60_000));
  });

  it("ends at the earliest nextUpdate", () => {
    expect(until({ nextUpdates: [lasting, after(5_000), after(7_000)] })).toEqual(after(5_000));
  });

  it("is no time at all with a list whose nextUpdate is past, or that has none", () => {
    expect(until({ nextUpdates: [lasting, after(-1)] }).getTime()).toBeLessThan(asked.getTime());
    expect(until({ nextUpdates: [undefined] })).toEqual(asked);
  });

  it("ends with the first certificate that expires, and not with one that has expired", () => {
    expect(until({ notAfters: [lasting, after(-1), after(5_000)] })).toEqual(after(5_000));
  });

  it("is short where something could not be read", () => {
    expect(until({ notAfters: [lasting], leftOut: ["a value"] })).toEqual(after(60_000));
  });
});

describe("the cache of entries", () => {
  const answer = (facts: Partial<CertificateEntry> = {}) => ({ entry: entryOf(facts), asked, until: after(1_000) });
  const keys = (cache: EntryCache, names: readonly string[]) =>
    names.filter((name) => cache.find(name, asked) !== undefined);

  it("answers from the instant it was asked until the end, and not at the end", () => {
    const cache = new EntryCache({ entries: 10, octets: 1_000 });
    const kept = answer();
    for (const [time, found] of [
      [0, kept],
      [999, kept],
      [1_000, undefined],
    ] as const) {
      cache.keep("a", kept);
      expect(cache.find("a", after(time))).toBe(found);
    }
  });

  it("forgets what it was told later than now: the clock was set back", () => {
    const cache = new EntryCache({ entries: 10, octets: 1_000 });
    cache.keep("a", answer());
    expect(cache.find("a", after(-1))).toBeUndefined();
  });

  it("does not keep what holds for no time", () => {
    const cache = new EntryCache({ entries: 10, octets: 1_000 });
    cache.keep("a", answer());
    cache.keep("a", { ...answer(), until: asked });
    expect(keys(cache, ["a"])).toEqual([]);
  });

  it("keeps absence too", () => {
    const cache = new EntryCache({ entries: 10, octets: 1_000 });
    const absent = { entry: undefined, asked, until: after(1_000) };
    cache.keep("a", absent);
    expect(cache.find("a", asked)).toBe(absent);
  });

  it("gives up what was used longest ago when there are too many entries", () => {
    const cache = new EntryCache({ entries: 2, octets: 1_000 });
    cache.keep("a", answer());
    cache.keep("b", answer());
    cache.find("a", asked);
    cache.keep("c", answer());
    expect(keys(cache, ["a", "b", "c"])).toEqual(["a", "c"]);
  });

  it("gives up as many as it takes when there are too many octets, and keeps no entry larger than all of them", () => {
    const cache = new EntryCache({ entries: 10, octets: 1_000 });
    for (const name of ["a", "b", "c"]) cache.keep(name, answer({ octets: 300 }));
    cache.keep("d", answer({ octets: 600 }));
    expect(keys(cache, ["a", "b", "c", "d"])).toEqual(["c", "d"]);
    cache.keep("e", answer({ octets: 1_000 }));
    expect(keys(cache, ["c", "d", "e"])).toEqual(["c", "d"]);
  });

  it("counts the octets of what was replaced or has ended no longer", () => {
    const cache = new EntryCache({ entries: 10, octets: 1_000 });
    for (let times = 0; times < 5; times += 1) cache.keep("a", answer({ octets: 500 }));
    cache.keep("b", { ...answer({ octets: 400 }), until: after(1) });
    cache.find("b", after(1));
    cache.keep("c", answer({ octets: 400 }));
    expect(keys(cache, ["a", "b", "c"])).toEqual(["a", "c"]);
  });
});
