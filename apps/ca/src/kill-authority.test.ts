import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunningAuthority, startAuthority } from "@mitome/testkit/running-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { WireCounter, wireResident } from "@mitome/testkit/wire-counter";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

let authority: RunningAuthority;
let counter: WireCounter;
let cards: string[];
let sql: RoleSql;

/** Every call that an issuance makes through a port. */
const calls = [
  "signingKey.subscriberId",
  "ledger.readForIssuance",
  "cardKeys.verifyOrigin",
  "signingKey.macIntent",
  "ledger.recordIntent",
  "signingKey.sign",
  "ledger.recordCertificate",
];
const points = calls.flatMap((call) => [`${call}:before`, `${call}:after`]);

beforeAll(async () => {
  authority = await startAuthority(quickAuthority);
  counter = await WireCounter.enrol(authority, "121002", "chiba-1");
  cards = [...(await counter.receiveCards(points.length + 1))];
  sql = sqlAs(authority.postgres.url("ca_owner"));
});

afterAll(async () => {
  await counter?.close();
  await sql?.end();
  await authority?.stop();
});

/** The answer, as soon as the authority gives one: a lease of the process that was killed has to run out first. */
const answeredWithin = <Answer>(seconds: number, call: () => Promise<Answer>): Promise<Answer> =>
  vi.waitFor(call, { timeout: seconds * 1_000, interval: 100 });

describe(`SIGKILL of the authority at ${points.length} points, before and after the effect of each call`, () => {
  it.each(points.map((point, index) => ({ point, index })))("$point", async ({ point, index }) => {
    const one = await counter.openCase(cards[index] ?? "", wireResident(index));
    const killed = await authority.restartCa({ crashAt: point });
    await counter.callAt(killed);
    await expect(counter.calls.issuance.request.mutate(one.request)).rejects.toThrow();
    expect(await killed.ended).toBe("SIGKILL");
    await counter.callAt(await authority.restartCa());
    const answer = await answeredWithin(20, () => counter.calls.issuance.request.mutate(one.request));
    expect(answer.kind).toBe("issued");
    const [found] = await sql`
      select count(*)::integer as certificates from ca.certificate join ca.issuance_case using (authority, serial)
      where issuance_case.case_id = ${one.caseId} and certificate.state = 'valid'`;
    expect(found?.certificates).toBe(1);
  });

  it("of PostgreSQL in the middle of issuances: the same requests are then answered, one certificate each", async () => {
    const numbers = await counter.receiveCards(12);
    const cases = await Promise.all(numbers.map((card, n) => counter.openCase(card, wireResident(1000 + n))));
    const first = cases.map((one) => counter.calls.issuance.request.mutate(one.request).catch(() => undefined));
    await authority.postgres.crash();
    await Promise.all(first);
    const answers = await Promise.all(
      cases.map((one) => answeredWithin(30, () => counter.calls.issuance.request.mutate(one.request))),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(cases.map(() => "issued"));
  }, 120_000);

  it("leaves no signature unaccounted for: the signer's journal and the ledger say the same", async () => {
    const lines = readFileSync(join(authority.home, "signer.journal"), "utf8").trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line).entry);
    const signedOctets = new Set(entries.filter(({ outcome }) => outcome === "signed").map(({ tbs }) => tbs));
    const signed = new Set(
      entries
        .filter(({ intent, tbs }) => typeof intent === "string" && signedOctets.has(tbs))
        .map(({ intent }) => intent),
    );
    expect(signed.size).toBeGreaterThan(points.length);
    const rows = await sql<{ id: string; state: string }>`select id, state from ca.signing_intent`;
    const recorded = new Map(rows.map(({ id, state }) => [id, state]));
    for (const intent of signed) expect(recorded.get(intent), intent).toBe("signed");
    for (const [id, state] of recorded) if (state === "signed") expect(signed.has(id)).toBe(true);
    const [twice] = await sql`select 1 from ca.certificate where ended_at is null and subscriber_id is not null
      group by subscriber_id having count(*) > 1`;
    expect(twice).toBeUndefined();
    expect(await authority.script("audit-verify")).toMatchObject({ kind: "whole" });
  });
});
