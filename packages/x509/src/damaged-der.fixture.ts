/** What every parser owes, whatever the octets: an answer, or `MalformedDer` at a place within them. */
import fc from "fast-check";
import { expect } from "vitest";
import { MalformedDer } from "./der.ts";

type Parser = (octets: Uint8Array) => unknown;

/** Gives the octets to each parser and returns how many answered; whatever else is thrown fails the test. */
export function parseWith(parsers: readonly Parser[], octets: Uint8Array): number {
  return parsers.filter((parse) => {
    try {
      parse(octets);
      return true;
    } catch (error) {
      if (!(error instanceof MalformedDer)) throw error;
      expect(error.offset).toBeLessThanOrEqual(octets.length);
      return false;
    }
  }).length;
}

/** Gives each parser right octets of which some were changed, cut out and put in; some of them are still right. */
export function parseDamaged(parsers: readonly Parser[], samples: readonly Uint8Array[], numRuns = 5_000): void {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    remove: fc.nat(3),
    insert: fc.uint8Array({ maxLength: 3 }),
  });
  let answered = 0;
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 4 }), (sample, changes) => {
      let octets = Buffer.from(sample);
      for (const { at, remove, insert } of changes) {
        const start = Math.floor(at * octets.length);
        octets = Buffer.concat([octets.subarray(0, start), insert, octets.subarray(start + remove)]);
      }
      answered += parseWith(parsers, octets);
    }),
    { seed: 20261122, numRuns },
  );
  expect(answered).toBeGreaterThan(0);
}
