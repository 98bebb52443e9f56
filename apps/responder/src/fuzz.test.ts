import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { parseOcspResponse } from "@mitome/x509";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StartedResponder, startResponderProcess } from "./started-responder.fixture.ts";

// A whole run (MITOME_FULL=1) sends 1,000,000 changed requests, otherwise 20,000 are.
const whole = process.env.MITOME_FULL === "1";
const inBatch = 1_000;
const batches = whole ? 1_000 : 20;
/** Batches after which everything has been compiled and every cache is full. */
const warm = whole ? 100 : 5;
const askers = 8;

let responder: StartedResponder;
beforeAll(async () => {
  responder = await startResponderProcess();
});
afterAll(async () => {
  responder.child.kill("SIGTERM");
  await once(responder.child, "exit");
  rmSync(responder.directory, { recursive: true });
});

/** A right request with some octets changed, taken out or put in. */
const changed = fc
  .record({
    sample: fc.nat({ max: 2 }),
    edits: fc.array(
      fc.record({ at: fc.nat({ max: 2_000 }), octets: fc.uint8Array({ maxLength: 3 }), removed: fc.nat({ max: 3 }) }),
      { maxLength: 3 },
    ),
    method: fc.constantFrom("POST" as const, "POST" as const, "GET" as const),
  })
  .map(({ sample, edits, method }) => {
    let der = responder.requests[sample] ?? Buffer.alloc(0);
    for (const { at, octets, removed } of edits) {
      const start = at % (der.length + 1);
      der = Buffer.concat([der.subarray(0, start), octets, der.subarray(start + removed)]);
    }
    return { method, der };
  });

describe("requests that are not what they should be", () => {
  it(`bring no crash, no status of 5xx, no internalError and no growth (${batches * inBatch} of them)`, {
    timeout: 1_800_000,
  }, async () => {
    const said = new Map<string, number>();
    let memoryWhenWarm = 0;
    for (let number = 0; number < batches; number++) {
      if (number === warm) memoryWhenWarm = residentMemory();
      const requests = fc.sample(changed, { seed: 6960 + number, numRuns: inBatch });
      await Promise.all(
        Array.from({ length: askers }, async () => {
          for (let next = requests.pop(); next !== undefined; next = requests.pop()) {
            const { status, body } = await responder.ask(next.method, next.der);
            const answer = status === 200 ? kindOf(body) : String(status);
            said.set(answer, (said.get(answer) ?? 0) + 1);
          }
        }),
      );
    }
    const wrong = [...said.keys()].filter((answer) => answer === "internalError" || answer.startsWith("5"));
    expect(wrong).toStrictEqual([]);
    expect([...said.keys()]).toEqual(expect.arrayContaining(["answered", "malformedRequest", "unauthorized"]));
    expect(residentMemory() / memoryWhenWarm).toBeLessThan(whole ? 1.1 : 1.5);
    const [request = Buffer.alloc(0)] = responder.requests;
    expect(kindOf((await responder.ask("POST", request)).body)).toBe("answered");
  });
});

function kindOf(body: Uint8Array): string {
  const response = parseOcspResponse(body);
  return response.kind === "error" ? response.error : "answered";
}

/** Kilobytes. */
function residentMemory(): number {
  const status = readFileSync(`/proc/${responder.child.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}
