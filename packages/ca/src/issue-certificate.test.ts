import { createHash, X509Certificate } from "node:crypto";
import { failingPort } from "@mitome/testkit/failing-port";
import { type DeskCase, IssuingDesk } from "@mitome/testkit/issuing-desk";
import { makeSoftKey } from "@mitome/testkit/soft-authority";
import { parseCertificate } from "@mitome/x509";
import { describe, expect, it } from "vitest";
import { confirmDelivery, endAttempt } from "./confirm-delivery.ts";
import { LedgerUnavailable, SigningUnavailable } from "./ports.ts";
import { recoverIssuances } from "./recover.ts";

const items = (changes: object = {}) => ({
  name: "山田　花子",
  dateOfBirth: "319801231",
  gender: "2",
  address: "千葉県千葉市中央区市場町１－１",
  nameSubstitutions: "00000",
  addressSubstitutions: "000000000000000",
  ...changes,
});

const issuedBy = async (desk: IssuingDesk, one: DeskCase) => {
  const answer = await desk.issue(one);
  if (answer.kind !== "issued") throw new Error(JSON.stringify(answer));
  return answer;
};

describe("千葉県運用規程 4-2", () => {
  it("[C-2-1-2.1] [C-4-2-1.2] issues a certificate of the notified items and key, and hands it to the municipality", async () => {
    const desk = new IssuingDesk();
    const one = await desk.openCase();
    const { certificate, issuerCertificate, serial } = await issuedBy(desk, one);
    const parsed = parseCertificate(certificate);
    expect(parsed.serialNumber).toBe(serial);
    expect(Buffer.from(parsed.subjectPublicKeyInfo)).toEqual(Buffer.from(one.key.subjectPublicKeyInfo));
    const names = parsed.extensions.find(({ oid }) => oid === "2.5.29.17");
    for (const text of Object.values(items()).slice(0, 4))
      expect(Buffer.from(names?.value ?? []).includes(text)).toBe(true);
    expect(new X509Certificate(certificate).verify(new X509Certificate(issuerCertificate).publicKey)).toBe(true);
  });

  it("[C-4-2-3.1] refuses while a valid certificate is held, and says which, until when and from where", async () => {
    const desk = new IssuingDesk();
    const first = await issuedBy(desk, await desk.openCase());
    const { notAfter } = parseCertificate(first.certificate).validity;
    expect(await desk.issue(await desk.openCase())).toEqual({
      kind: "refused",
      reason: "subscriberAlreadyHasCertificate",
      serial: first.serial,
      notAfter,
      municipality: "121002",
    });
  });

  it("[C-3-1-4.1] gives every certificate a subject of its own", async () => {
    const desk = new IssuingDesk();
    const subjects = new Set<string>();
    for (let n = 0; n < 20; n += 1) {
      const one = await desk.openCase({
        residentCode: String(24727059608 + n),
        items: items({ dateOfBirth: `3198012${10 + n}` }),
      });
      subjects.add(JSON.stringify(parseCertificate((await issuedBy(desk, one)).certificate).subject));
    }
    expect(subjects.size).toBe(20);
  });

  it("records the exact TBS before it is signed, and signs nothing that is not recorded", async () => {
    const desk = new IssuingDesk();
    const { certificate } = await issuedBy(desk, await desk.openCase());
    const [id = ""] = desk.signer.journal;
    const recorded = desk.ledger.intents.get(id);
    expect(Buffer.from(recorded?.fields.tbs ?? [])).toEqual(Buffer.from(parseCertificate(certificate).tbs));
    expect(desk.signer.journal).toHaveLength(1);
    expect(desk.ledger.events.map(({ kind }) => kind)).toEqual([
      ...["process.started", "case.opened", "issuance.intentRecorded", "certificate.issued"],
    ]);
  });
});

describe("what a municipality can get wrong", () => {
  const refusedFor = async (changes: object, desk = new IssuingDesk()) =>
    await desk.issue(await desk.openCase({ ...changes }));

  it.each([
    ["municipalityNotTheCallers", { municipality: "122025" }],
    ["unknownProfile", { profile: "server" }],
    ["unknownProfile", { authority: "chiba" }],
    ["keyTooOld", { keyGeneratedAt: "2026-03-01T00:00:00Z" }],
    ["proofOfPossessionWrong", { proofOfPossession: Buffer.alloc(100, 1).toString("base64") }],
    ["publicKeyRefused", { publicKey: Buffer.alloc(120, 1).toString("base64") }],
    ["caseNotOpen", { caseId: "00000000-0000-4000-8000-000000000000" }],
  ])("refuses %s", async (reason, changes) => {
    expect(await refusedFor(changes)).toMatchObject({ kind: "refused", reason });
  });

  it("names the character that is outside the repertoire, and its place", async () => {
    const answer = await refusedFor({ items: items({ name: "髙橋　花子" }) });
    expect(answer).toMatchObject({ reason: "characterOutsideRepertoire", field: "name", position: 1, character: "髙" });
  });

  it("names the field of a malformed request, and never says its value", async () => {
    const desk = new IssuingDesk();
    const { payload } = await desk.openCase();
    const sent = async (changes: object) => await desk.issue({ signed: desk.sign({ ...payload, ...changes }) });
    expect(await sent({ residentCode: "2472705960X" })).toEqual({ kind: "malformed", field: "residentCode" });
    expect(await sent({ surprise: 1 })).toEqual({ kind: "malformed", field: "surprise" });
  });

  it("refuses a request that the caller's own key did not sign", async () => {
    const desk = new IssuingDesk();
    const { payload, signed } = await desk.openCase();
    const other = desk.sign({ ...payload, registerVersion: 2 });
    const answer = await desk.issue({ signed: { payload: other.payload, signature: signed.signature } });
    expect(answer).toMatchObject({ kind: "refused", reason: "requestSignatureWrong" });
  });

  it("[security 2] refuses a right proof of possession for a key that was not made on the card", async () => {
    const desk = new IssuingDesk();
    const one = await desk.openCase();
    const cardOrigin = { ...Object(one.payload.cardOrigin), mac: Buffer.alloc(16, 9).toString("base64") };
    const answer = await desk.issue({ signed: desk.sign({ ...one.payload, cardOrigin }) });
    expect(answer).toEqual({ kind: "refused", reason: "keyNotMadeOnCard" });
  });

  it("refuses a key that any certificate of anyone has", async () => {
    const desk = new IssuingDesk();
    const first = await desk.openCase();
    await issuedBy(desk, first);
    const other = { residentCode: "10000000009", items: items({ dateOfBirth: "419900101" }) };
    const second = await desk.openCase(other, { key: first.key });
    expect(await desk.issue(second)).toMatchObject({ reason: "publicKeySeenBefore" });
  });

  it("[security 4] puts the same four items under another resident on the work list, and issues nothing", async () => {
    const desk = new IssuingDesk();
    await issuedBy(desk, await desk.openCase());
    const twin = await desk.openCase({ residentCode: "10000000009" });
    expect(await desk.issue(twin)).toMatchObject({ reason: "sameItemsUnderAnotherResident" });
    expect(desk.ledger.sameItems).toHaveLength(1);
    expect(desk.signer.journal).toHaveLength(1);
  });

  it("refuses a request checked against an older register version than the ledger knows", async () => {
    const desk = new IssuingDesk();
    const first = await desk.openCase({ registerVersion: 7 });
    await issuedBy(desk, first);
    await endAttempt(desk.authority, desk.call, { caseId: first.caseId, attempt: 1, reason: "cardFailed" });
    expect(await desk.issue(await desk.openCase({ registerVersion: 6 }))).toMatchObject({
      reason: "registerChangedSince",
    });
  });

  it("refuses a register version that no record can have reached: no change would ever end its certificate", async () => {
    const desk = new IssuingDesk();
    expect(await desk.issue(await desk.openCase({ registerVersion: 1_001 }))).toMatchObject({
      reason: "registerVersionFarAhead",
    });
    const first = await desk.openCase({ registerVersion: 1_000 });
    await issuedBy(desk, first);
    await endAttempt(desk.authority, desk.call, { caseId: first.caseId, attempt: 1, reason: "cardFailed" });
    expect(await desk.issue(await desk.openCase({ registerVersion: 2_001 }))).toMatchObject({
      reason: "registerVersionFarAhead",
    });
    expect(await desk.issue(await desk.openCase({ registerVersion: 2_000 }))).toMatchObject({ kind: "issued" });
  });
});

describe("the same request", () => {
  it("gets the same certificate again, and another request under its key is refused", async () => {
    const desk = new IssuingDesk();
    const one = await desk.openCase();
    const first = await issuedBy(desk, one);
    expect(await desk.issue(one)).toEqual(first);
    const other = desk.sign({ ...one.payload, registerVersion: 2 });
    expect(await desk.issue({ signed: other })).toMatchObject({ reason: "differentRequestUnderSameKey" });
    expect(desk.signer.journal).toHaveLength(1);
  });

  it("gets the same refusal again, though the reason has gone", async () => {
    const desk = new IssuingDesk();
    const first = await desk.openCase();
    await issuedBy(desk, first);
    const second = await desk.openCase();
    const refusal = await desk.issue(second);
    await endAttempt(desk.authority, desk.call, { caseId: first.caseId, attempt: 1, reason: "cardFailed" });
    expect(await desk.issue(second)).toEqual(refusal);
  });

  it("is never answered with unavailability for good: not activated today, issued tomorrow", async () => {
    const desk = new IssuingDesk();
    const one = await desk.openCase();
    desk.signer.active = false;
    expect(await desk.issue(one)).toEqual({ kind: "refused", reason: "authorityNotActivated" });
    desk.signer.active = true;
    desk.signer.reachable = false;
    await expect(desk.issue(one)).rejects.toThrow(SigningUnavailable);
    desk.signer.reachable = true;
    expect((await desk.issue(one)).kind).toBe("issued");
  });

  it("of an attempt that was ended is refused; the next attempt has its own key pair", async () => {
    const desk = new IssuingDesk();
    const one = await desk.openCase();
    const { caseId, cardNumber } = one;
    await endAttempt(desk.authority, desk.call, { caseId, attempt: 1, reason: "keyLost" });
    expect(await desk.issue(one)).toMatchObject({ reason: "attemptEnded" });
    const key = makeSoftKey({ kind: "ec", curve: "P-384" });
    expect((await desk.issue(await desk.openCase({}, { caseId, attempt: 2, cardNumber, key }))).kind).toBe("issued");
  });
});

describe("delivery", () => {
  it("is confirmed by what the card gave back, octet for octet", async () => {
    const desk = new IssuingDesk();
    const one = await desk.openCase();
    const { serial, certificate } = await issuedBy(desk, one);
    const delivery = { caseId: one.caseId, attempt: 1, serial, readBackHash: Buffer.alloc(32) };
    expect(await confirmDelivery(desk.authority, desk.call, delivery)).toMatchObject({ reason: "notThisCertificate" });
    const right = { ...delivery, readBackHash: createHash("sha256").update(certificate).digest() };
    expect(await confirmDelivery(desk.authority, desk.call, right)).toEqual({ kind: "delivered" });
    expect(await confirmDelivery(desk.authority, desk.call, right)).toEqual({ kind: "delivered" });
    const ending = { caseId: one.caseId, attempt: 1, reason: "other" } as const;
    expect(await endAttempt(desk.authority, desk.call, ending)).toMatchObject({ reason: "alreadyDelivered" });
  });
});

describe("[security 1] the clock", () => {
  it("signs nothing while it is earlier than the newest record, or an hour ahead of the last", async () => {
    const desk = new IssuingDesk();
    await issuedBy(desk, await desk.openCase());
    const right = desk.clock.now();
    const next = await desk.openCase({ residentCode: "10000000009", items: items({ dateOfBirth: "419900101" }) });
    for (const hours of [-1, 2]) {
      desk.clock.set(new Date(right.getTime() + hours * 3_600_000));
      expect(await desk.issue(next)).toMatchObject({ reason: "clockUntrusted" });
    }
    desk.clock.set(right);
    expect((await desk.issue(next)).kind).toBe("issued");
  });
});

type PortName = "ledger" | "signingKey" | "cardKeys";
const raise = (port: PortName) => () =>
  port === "ledger" ? new LedgerUnavailable("lost") : new SigningUnavailable("lost");

/** How often an ordinary issuance calls each port. */
async function ordinaryCalls(port: PortName): Promise<readonly string[]> {
  const desk = new IssuingDesk();
  const ports = { ledger: desk.ledger, signingKey: desk.signer, cardKeys: desk.cardKeys };
  const { port: counted, calls } = failingPort<object>(ports[port], undefined, raise(port));
  const one = await desk.openCase();
  await desk.issue(one, desk.authorityWith({ [port]: counted }));
  return calls;
}

const failures = (
  await Promise.all(
    (["ledger", "signingKey", "cardKeys"] as const).map(async (port) =>
      (
        await ordinaryCalls(port)
      ).flatMap((name, index) => (["before", "after"] as const).map((when) => ({ port, name, call: index + 1, when }))),
    ),
  )
).flat();

describe("docs/issuance-cycle.md: every port call failed before its effect, and after it with the answer lost", () => {
  const failOnce = async ({ port, call, when }: (typeof failures)[number]) => {
    const desk = new IssuingDesk();
    const ports = { ledger: desk.ledger, signingKey: desk.signer, cardKeys: desk.cardKeys };
    const failing = failingPort<object>(ports[port], { call, when }, raise(port)).port;
    const one = await desk.openCase();
    await expect(desk.issue(one, desk.authorityWith({ [port]: failing }))).rejects.toThrow("lost");
    return { desk, one };
  };
  const expectOneCertificate = (desk: IssuingDesk) => {
    const living = [...desk.ledger.certificates.values()].filter(
      ({ state }) => state === "valid" || state === "pending",
    );
    expect(living.map(({ state }) => state)).toEqual(["valid"]);
    for (const id of desk.signer.journal) expect(desk.ledger.intents.get(id)?.state).toBe("signed");
  };

  it.each(failures)(
    "$port call $name failed $when its effect: the same request is then answered with the one certificate",
    async (failure) => {
      const { desk, one } = await failOnce(failure);
      desk.clock.pass(6_000);
      expect((await desk.issue(one)).kind).toBe("issued");
      expectOneCertificate(desk);
    },
  );

  it.each(failures)(
    "$port call $name failed $when its effect: recovery finishes what was recorded, and nothing else",
    async (failure) => {
      const { desk, one } = await failOnce(failure);
      desk.clock.pass(6_000);
      const { left } = await recoverIssuances(desk.authority);
      expect(left).toBe(0);
      const states = [...desk.ledger.intents.values()].map(({ state }) => state);
      expect(states.every((state) => state === "signed")).toBe(true);
      expect((await desk.issue(one)).kind).toBe("issued");
      expectOneCertificate(desk);
    },
  );

  it("a holder whose lease was taken puts his late signature aside, and the first one recorded is the certificate", async () => {
    const desk = new IssuingDesk();
    const one = await desk.openCase();
    let takeOver = async () => {};
    const slow = {
      activated: () => desk.signer.activated(),
      macIntent: (...values: Parameters<typeof desk.signer.macIntent>) => desk.signer.macIntent(...values),
      subscriberId: (code: string) => desk.signer.subscriberId(code),
      sign: async (...values: Parameters<typeof desk.signer.sign>) => {
        const signature = await desk.signer.sign(...values);
        await takeOver();
        return signature;
      },
    };
    takeOver = async () => {
      desk.clock.pass(6_000);
      expect(await recoverIssuances(desk.authority)).toEqual({ finished: 1, left: 0, failed: 0 });
    };
    await expect(desk.issue(one, desk.authorityWith({ signingKey: slow }))).rejects.toThrow("another holder");
    expect(desk.ledger.lateSignatures).toHaveLength(1);
    expect((await desk.issue(one)).kind).toBe("issued");
    expect(desk.ledger.events.filter(({ kind }) => kind === "certificate.issued")).toHaveLength(1);
  });
});
