/** Agreements with verifiers, as the operators' scripts record them. */
import { agreementTerms } from "@mitome/ca";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOperatorPlace, type OperatorPlace } from "./operator-desk.fixture.ts";

const terms = agreementTerms.at(-1)?.version ?? "";
let place: OperatorPlace;

beforeAll(async () => {
  place = await makeOperatorPlace();
  const contacts = [{ department: "電算係", person: "係長", telephone: "043-000-0000", email: "desk@example.jp" }];
  const registration = {
    id: "court-1",
    kind: "verifier",
    class: "court",
    name: "千葉裁判所",
    address: "千葉市",
    contacts,
  };
  const { status, said } = await place.run(
    "register-verifier",
    place.write("court.json", JSON.stringify(registration)),
  );
  expect([status, said]).toEqual([0, ""]);
});
afterAll(async () => await place?.stop());

const say = async (facts: string) => (await place.run("verifier-facts", "court-1", facts)).status;
const recorded = async () => {
  const rows = await place.owner<{ kind: string; about: string | null }>`select kind, about from ca.verifier_fact
    where verifier = 'court-1' order by sequence`;
  return rows.map(({ kind, about }) => [kind, about]);
};

describe("取決め (千葉県運用規程 2-1-2(32), 2-1-6(4))", () => {
  it("[C-2-1-2.29] is concluded after the notification, on terms that there are, and before any right", async () => {
    expect(await say(`agreed=${terms}`)).toBe(1);
    expect(await say("notified")).toBe(0);
    expect(await say("agreed=1999-1")).toBe(1);
    expect(await say("rightGranted=ocsp")).toBe(1);
    expect(await say(`agreed=${terms}`)).toBe(0);
    expect(await say("rightGranted=ocsp")).toBe(0);
    expect(await recorded()).toEqual([
      ["notified", null],
      ["agreed", terms],
      ["rightGranted", "ocsp"],
    ]);
  });

  it("[C-2-1-2.29] ends, with the rights that rested on it; each of this is in the audit trail", async () => {
    expect(await say("agreementEnded")).toBe(0);
    expect(await say("rightGranted=crl")).toBe(1);
    const events = await place.owner<{ detail: object }>`select detail from ca.audit_event
      where kind = 'verifier.factRecorded' order by at`;
    expect(events.map(({ detail }) => detail)).toEqual(
      (await recorded()).map(([fact, about]) => ({ verifier: "court-1", fact, about })),
    );
    expect(events).toHaveLength(4);
  });
});
