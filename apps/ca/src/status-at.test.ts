/** "What was the status of this certificate then?", answered from the ledger with the list that shows it. */
import { enterCertificate } from "@mitome/testkit/entered-certificate";
import { enterSoftList } from "@mitome/testkit/published-ledger";
import { testSerial } from "@mitome/testkit/soft-authority";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOperatorPlace, type OperatorPlace } from "./operator-desk.fixture.ts";

let place: OperatorPlace;
let lists: readonly Uint8Array[];
const serial = testSerial(7);
const revokedAt = new Date("2026-05-02T12:00:00.500Z");
const midnight = (day: number) => new Date(`2026-05-0${day}T00:00:00Z`);

beforeAll(async () => {
  place = await makeOperatorPlace();
  const { owner, soft } = place;
  const authority = soft.definition.id;
  await enterCertificate(owner, {
    ...{ authority, serial, partition: "121002", notAfter: new Date("2026-10-31T14:59:59Z") },
  });
  await owner`update ca.certificate set state = 'revoked', ended_at = ${revokedAt}, revocation_reason = 'superseded',
    revocation_cause = 'renewed' where serial = ${serial}`;
  const entry = { serial, revokedAt, reason: "superseded" } as const;
  const issue = (number: number, entries: readonly (typeof entry)[]) =>
    enterSoftList(owner, soft, { partition: "121002", number, thisUpdate: midnight(number), entries });
  lists = [await issue(1, []), await issue(2, []), await issue(3, [entry]), await issue(4, [entry])];
});
afterAll(async () => await place?.stop());

const ask = (time: string) => place.run("status-at", serial, time);
const fileOf = (number: number) => `${place.soft.definition.id}-1-121002-${number}.crl`;

describe("the status of a certificate at a past time", () => {
  it("is good before its revocation, and a list that was the newest then does not name it", async () => {
    const { answer } = await ask("2026-05-01T12:00:00Z");
    expect(answer).toMatchObject({ serial, status: "good", list: { file: fileOf(1), number: 1, shows: false } });
    expect(place.read(fileOf(1)).equals(lists[0] ?? expect.fail())).toBe(true);
  });

  it("is revoked from that instant on; where the newest list did not show it yet, so it is said, with the first that did", async () => {
    const { answer } = await ask("2026-05-02T21:00:01+09:00");
    expect(answer).toMatchObject({
      ...{ status: "revoked", reason: "superseded", revokedAt: revokedAt.toISOString() },
      list: { number: 2, shows: false },
      why: expect.stringContaining("OCSP"),
      shownFirstBy: { file: fileOf(3), number: 3, thisUpdate: midnight(3).toISOString(), shows: true },
    });
    expect(place.read(fileOf(3)).equals(lists[2] ?? expect.fail())).toBe(true);
  });

  it("[C-1-1.3] is revoked on the signed list that was the newest then, out of the archive", async () => {
    const { answer } = await ask("2026-05-03T00:00:00Z");
    expect(answer).toMatchObject({ status: "revoked", list: { file: fileOf(3), number: 3, shows: true } });
    expect(answer.shownFirstBy).toBeUndefined();
  });

  it("is unknown before its issue and after its end, and there may have been no list", async () => {
    const before = await ask("2025-12-31T23:59:59Z");
    expect(before.answer).toMatchObject({ status: "unknown", because: "notIssuedYet", list: null });
    expect((await ask("2026-10-31T15:00:00Z")).answer).toMatchObject({ status: "unknown", because: "ended" });
  });

  it("is not said of what is no number, no certificate, or no time that has come", async () => {
    for (const [number, time] of [
      ["xyz", "2026-05-03T00:00:00Z"],
      [testSerial(8), "2026-05-03T00:00:00Z"],
      [serial, "2026-05-03"],
      [serial, "2999-01-01T00:00:00Z"],
    ] as const)
      expect([number, time, (await place.run("status-at", number, time)).status]).toEqual([number, time, 1]);
  });
});
