import { randomUUID, X509Certificate } from "node:crypto";
import { createCaClient } from "@mitome/ca-api/client";
import { AuthorityUnavailable, type CertificationAuthority } from "@mitome/ra";
import { type RunningAuthority, startAuthority } from "@mitome/testkit/running-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { WireCounter, wireResident } from "@mitome/testkit/wire-counter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepWitness } from "./audit-head.ts";
import { authorityOver } from "./authority-client.ts";

let running: RunningAuthority;
let counter: WireCounter;
let authority: CertificationAuthority;
let close: () => Promise<void>;
let cards: string[];
const heads: string[] = [];

beforeAll(async () => {
  running = await startAuthority(quickAuthority);
  counter = await WireCounter.enrol(running, "121002", "kiosk-1");
  cards = [...(await counter.receiveCards(5))];
  const { certificate, key, root } = counter.machine;
  const client = createCaClient({ url: String(running.programs.ca.ready.listen), root, certificate, key }, (head) =>
    heads.push(head),
  );
  authority = authorityOver(client);
  close = client.close;
});

afterAll(async () => {
  await close?.();
  await counter?.close();
  await running?.stop();
});

const nextCard = () => cards.pop() ?? "";

describe("the port CertificationAuthority over mutual TLS to the authority that runs", () => {
  it("says which suite the authority issues under", async () => {
    // The machine was enrolled a moment ago: the authority's listener looks for it before it turns it away.
    const { id, suite } = quickAuthority;
    expect(await authority.describe()).toEqual({ authority: id, suite, issuing: true });
  });

  it("names this machine among those in force", async () => {
    const own = new X509Certificate(counter.machine.certificate).fingerprint256.replaceAll(":", "").toLowerCase();
    await expect.poll(() => authority.machinesInForce()).toContain(own);
  });

  it("knows the stock's cards and no others", async () => {
    expect(await authority.lookAtCard(nextCard())).toBe("inStock");
    expect(await authority.lookAtCard("STRANGER00000001")).toBe("unknownCard");
  });

  it("opens an attempt twice with the same challenge, and ends it twice without harm", async () => {
    const ending = { caseId: randomUUID(), attempt: 1, reason: "keyLost" } as const;
    const attempt = { caseId: ending.caseId, attempt: 1, cardNumber: nextCard() };
    const opened = await authority.openAttempt(attempt);
    expect(opened).toMatchObject({ kind: "opened" });
    expect(await authority.openAttempt(attempt)).toEqual(opened);
    expect(await authority.endAttempt(ending)).toEqual({ kind: "ended" });
    await authority.endAttempt(ending);
    expect(await authority.openAttempt({ ...attempt, attempt: 2 })).toMatchObject({ kind: "opened" });
  });

  it("asks for a certificate, asks again and gets the same, and then is told that the resident holds it", async () => {
    const resident = wireResident(1);
    const residentCode = String(resident.residentCode);
    expect(await authority.holding(residentCode, "clerk-7")).toBeNull();
    const one = await counter.openCase(nextCard(), resident);
    const issued = await authority.request(one.request, "clerk-7");
    if (issued.kind !== "issued") throw new Error(issued.reason);
    expect(await authority.request(one.request, "clerk-7")).toEqual(issued);
    expect(await authority.holding(residentCode, "clerk-7")).toMatchObject({
      serial: issued.serial,
      municipality: "121002",
    });
    const second = await counter.openCase(nextCard(), resident);
    const refused = await authority.request(second.request, "clerk-7");
    expect(refused).toMatchObject({
      kind: "refused",
      reason: "subscriberAlreadyHasCertificate",
      held: { serial: issued.serial, municipality: "121002" },
    });
  });

  it("carries an audit head with each act, which the municipality can keep as witness", async () => {
    expect(heads.length).toBeGreaterThan(3);
    let kept = 0;
    const witness = async () => {
      kept += 1;
      return "kept" as const;
    };
    for (const head of heads) await keepWitness({ witness }, head, new Date(), () => undefined);
    expect(kept).toBe(heads.length);
  });

  it("throws what may be tried again while the signer or the authority is away", async () => {
    const one = await counter.openCase(nextCard(), wireResident(2)).catch(() => null);
    await running.programs.signer.stop("SIGKILL");
    if (one !== null) {
      const error = await authority.request(one.request, "clerk-7").catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(AuthorityUnavailable);
    }
    await running.programs.ca.stop("SIGKILL");
    await expect(authority.lookAtCard("STRANGER00000001")).rejects.toThrow(AuthorityUnavailable);
  });
});
