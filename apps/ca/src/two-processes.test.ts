import {
  type RunningAuthority,
  type RunningProgram,
  startAuthority,
  startProgram,
} from "@mitome/testkit/running-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { sqlAs } from "@mitome/testkit/sql";
import { WireCounter, wireResident } from "@mitome/testkit/wire-counter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const races = 200;
let authority: RunningAuthority;
let second: RunningProgram;
let chiba: WireCounter;
let choshi: WireCounter;

beforeAll(async () => {
  authority = await startAuthority(quickAuthority);
  chiba = await WireCounter.enrol(authority, "121002", "chiba-1");
  choshi = await WireCounter.enrol(authority, "122025", "choshi-1");
  second = await startProgram("apps/ca/src/main.ts", authority.configs.ca);
  await choshi.callAt(second);
});

afterAll(async () => {
  await chiba?.close();
  await choshi?.close();
  await second?.stop();
  await authority?.stop();
});

describe("千葉県運用規程 4-2-3", () => {
  it(`[C-4-2-3.1] of two requests for one resident at one moment, to two processes, exactly one wins: ${races} races`, async () => {
    const cardsOf = { chiba: await chiba.receiveCards(races), choshi: await choshi.receiveCards(races) };
    const winners = { chiba: 0, choshi: 0 };
    for (let race = 0; race < races; race += 1) {
      const resident = wireResident(race);
      const one = await chiba.openCase(cardsOf.chiba[race] ?? "", resident);
      const other = await choshi.openCase(cardsOf.choshi[race] ?? "", resident);
      const answers = await Promise.all([
        chiba.calls.issuance.request.mutate(one.request),
        choshi.calls.issuance.request.mutate(other.request),
      ]);
      const [first, last] = answers;
      const kinds = answers.map((answer) => answer.kind).sort();
      expect(kinds, JSON.stringify(answers)).toEqual(["issued", "refused"]);
      const loser = first.kind === "refused" ? first : last;
      expect(loser).toMatchObject({ reason: "subscriberAlreadyHasCertificate" });
      winners[first.kind === "issued" ? "chiba" : "choshi"] += 1;
    }
    expect(winners.chiba + winners.choshi).toBe(races);
    const sql = sqlAs(authority.postgres.url("ca_owner"));
    const [counted] = await sql`
      select count(*)::integer as living, count(distinct subscriber_id)::integer as residents
      from ca.certificate where ended_at is null`;
    await sql.end();
    expect(counted).toEqual({ living: races, residents: races });
  });
});
