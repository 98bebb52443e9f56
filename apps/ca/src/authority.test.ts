import { execFile } from "node:child_process";
import { createHash, randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { createCaClient, createEnrolmentClient } from "@mitome/ca-api/client";
import { enrolMachine, makeMachineKey } from "@mitome/ca-api/enrol";
import { planCommands } from "@mitome/card";
import { CardAuthority } from "@mitome/testkit/card-authority";
import { type RunningAuthority, startAuthority } from "@mitome/testkit/running-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { sqlAs } from "@mitome/testkit/sql";
import { WireCounter, wireResident } from "@mitome/testkit/wire-counter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let authority: RunningAuthority;
let counter: WireCounter;
let other: WireCounter;
let cards: string[];
let residents = 0;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const newCard = () => {
  const card = cards.pop();
  if (card === undefined) throw new Error("no more cards");
  return card;
};
const newResident = () => {
  residents += 1;
  return wireResident(residents);
};
const eventKinds = async () => {
  const sql = sqlAs(authority.postgres.url("ca_auditor"));
  try {
    return (await sql<{ kind: string }>`select kind from ca.audit_event`).map(({ kind }) => kind);
  } finally {
    await sql.end();
  }
};
const inLedger = async <Row extends object>(query: string): Promise<Row[]> => {
  const sql = sqlAs(authority.postgres.url("ca_owner"));
  try {
    return await sql.run<Row>(query);
  } finally {
    await sql.end();
  }
};

beforeAll(async () => {
  authority = await startAuthority(quickAuthority);
  counter = await WireCounter.enrol(authority, "121002", "chiba-1");
  other = await WireCounter.enrol(authority, "122025", "choshi-1");
  cards = [...(await counter.receiveCards(40))];
});

afterAll(async () => {
  await counter?.close();
  await other?.close();
  await authority?.stop();
});

describe("a municipality and the authority", () => {
  it("[C-2-1-2.1] [C-4-2-1.2] [C-2-1-3.6] issue a certificate from the notice to the card, every write of it authorised", async () => {
    const cardNumber = newCard();
    const one = await counter.openCase(cardNumber, newResident());
    const where = { caseId: one.caseId, attempt: 1, cardNumber };
    const cardChallenge = randomBytes(16);
    const session = await counter.calls.cards.openSession.mutate({ ...where, cardChallenge: base64(cardChallenge) });
    if (session.kind === "refused") throw new Error(session.reason);
    const hostChallenge = Buffer.from(session.hostChallenge, "base64");
    const card = new CardAuthority(authority.cardComponents).openSession(cardNumber, cardChallenge, hostChallenge);
    expect(session.hostCryptogram).toBe(base64(card.hostCryptogram));
    const cardCryptogram = base64(card.cardCryptogram());
    const proof = {
      ...where,
      cardChallenge: base64(cardChallenge),
      hostChallenge: session.hostChallenge,
      cardCryptogram,
    };
    const making = { ...proof, counter: 1, command: { name: "generateKey", algorithm: "p-384" } } as const;
    expect((await counter.calls.cards.authorise.mutate(making)).kind).toBe("authorised");
    const tooEarly = { ...proof, counter: 2, command: { name: "storeAuthorityCertificate" } } as const;
    expect(await counter.calls.cards.authorise.mutate(tooEarly)).toMatchObject({ reason: "commandNotNow" });

    const issued = await counter.calls.issuance.request.mutate(one.request);
    if (issued.kind !== "issued") throw new Error(issued.reason);
    const certificate = Buffer.from(issued.certificate, "base64");
    const issuer = new X509Certificate(Buffer.from(issued.issuerCertificate, "base64"));
    expect(new X509Certificate(certificate).verify(issuer.publicKey)).toBe(true);

    const { serial } = issued;
    const storing = { ...proof, counter: 2, command: { name: "storeCertificate", serial } } as const;
    const stored = await counter.calls.cards.authorise.mutate(storing);
    const expected = card.macs(planCommands({ name: "storeCertificate", certificate }), 2).map(base64);
    expect(stored).toEqual({ kind: "authorised", macs: expected });
    expect(await counter.calls.cards.authorise.mutate(storing)).toEqual(stored);
    expect(await counter.calls.cards.authorise.mutate({ ...making, counter: 2 + expected.length })).toMatchObject({
      reason: "commandNotNow",
    });
    const readBackHash = base64(createHash("sha256").update(certificate).digest());
    const delivery = { caseId: one.caseId, attempt: 1, serial, readBackHash };
    expect(await counter.calls.issuance.confirmDelivery.mutate(delivery)).toEqual({ kind: "delivered" });
    expect(await counter.calls.issuance.request.mutate(one.request)).toEqual(issued);
  });

  it("gets the same answer to the same request, and every answer carries an audit head that stands in the ledger", async () => {
    const one = await counter.openCase(newCard(), newResident());
    const answers = await Promise.all(
      [1, 2, 3].map(() => retried(() => counter.calls.issuance.request.mutate(one.request))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const [stream = "", sequence, hash] = counter.witnessed.at(-1)?.split(":") ?? [];
    const rows = await inLedger<{ hash: Uint8Array }>(
      `select hash from ca.audit_event where stream = '${stream.replaceAll("'", "")}' and sequence = ${Number(sequence)}`,
    );
    expect(Buffer.from(rows[0]?.hash ?? []).toString("hex")).toBe(hash);
  });

  it("[C-4-11-2.2] every event says its kind, instant, result and origin, and none a name, an address or a resident code", async () => {
    const one = await counter.openCase(newCard(), newResident());
    await counter.calls.issuance.request.mutate(one.request);
    const rows = await inLedger<Record<string, unknown>>("select * from ca.audit_event");
    for (const row of rows) {
      for (const column of ["kind", "at", "result", "system"]) expect(row[column]).toBeTruthy();
      expect(JSON.stringify(row)).not.toMatch(/山田|市場町|1000000\d{4}/);
    }
    expect(rows.find(({ kind }) => kind === "issuance.intentRecorded")).toMatchObject({ operator: "121002/clerk-7" });
  });

  it("[C-4-11-9.1] every stream of every process begins with its start", async () => {
    const firsts = await inLedger<{ kind: string }>("select kind from ca.audit_event where sequence = 1");
    expect(new Set(firsts.map(({ kind }) => kind))).toEqual(new Set(["process.started"]));
    expect(firsts.length).toBeGreaterThan(2);
    const starts = (await eventKinds()).filter((kind) => kind === "process.started");
    expect(starts).toHaveLength(firsts.length);
  });

  it("reads that a resident holds a certificate leave a trace (4-11-2)", async () => {
    const resident = newResident();
    const one = await counter.openCase(newCard(), resident);
    const issued = await counter.calls.issuance.request.mutate(one.request);
    const residentCode = String(resident.residentCode);
    const before = (await eventKinds()).filter((kind) => kind === "holding.read").length;
    expect(
      await counter.calls.subscribers.holding.mutate({ residentCode }, { context: { clerk: "clerk-9" } }),
    ).toMatchObject({
      kind: "holds",
      serial: issued.kind === "issued" ? issued.serial : "",
    });
    expect((await eventKinds()).filter((kind) => kind === "holding.read")).toHaveLength(before + 1);
    expect(await inLedger("select 1 from ca.audit_event where operator = '121002/clerk-9'")).toHaveLength(1);
  });
});

describe("a municipality cannot reach another's residents", () => {
  it("sees neither its cards nor its cases, and issues nothing for it", async () => {
    const cardNumber = newCard();
    const one = await counter.openCase(cardNumber, newResident());
    expect(await other.calls.cards.look.mutate({ cardNumber })).toEqual({ kind: "unknownCard" });
    const opening = { caseId: randomUUID(), attempt: 1, cardNumber };
    expect(await other.calls.cards.openCase.mutate(opening)).toMatchObject({ reason: "cardNotInStock" });
    const session = { caseId: one.caseId, attempt: 1, cardNumber, cardChallenge: base64(randomBytes(16)) };
    expect(await other.calls.cards.openSession.mutate(session)).toMatchObject({ reason: "caseNotOpen" });
    expect(await other.calls.issuance.request.mutate(one.request)).toMatchObject({
      reason: "municipalityNotTheCallers",
    });
    expect(await other.calls.issuance.request.mutate(other.sign(one.payload))).toMatchObject({
      reason: "municipalityNotTheCallers",
    });
    const ending = { caseId: one.caseId, attempt: 1, reason: "other" } as const;
    expect(await other.calls.issuance.endAttempt.mutate(ending)).toMatchObject({ reason: "caseNotOpen" });
    const issued = await counter.calls.issuance.request.mutate(one.request);
    if (issued.kind !== "issued") throw new Error(issued.reason);
    const readBackHash = base64(createHash("sha256").update(Buffer.from(issued.certificate, "base64")).digest());
    const delivery = { caseId: one.caseId, attempt: 1, serial: issued.serial, readBackHash };
    expect(await other.calls.issuance.confirmDelivery.mutate(delivery)).toMatchObject({ reason: "caseNotOpen" });
  });
});

describe("malformed input is refused at the contract, with the field named and no value said", () => {
  it.each([
    ["an unknown field", "cards.look", { cardNumber: "MITOME0000000001", extra: 1 }, 400, "extra"],
    ["a wrong form", "cards.look", { cardNumber: "山田花子" }, 400, "cardNumber"],
    ["a missing field", "subscribers.holding", {}, 400, "residentCode"],
    ["a wrong length", "issuance.request", { payload: "e30=", signature: "AAAA" }, 400, "signature"],
    ["an oversized body", "cards.look", { cardNumber: "A".repeat(70_000) }, 413, "body"],
    ["a deep body", "cards.look", JSON.parse(`${'{"a":'.repeat(30)}1${"}".repeat(30)}`), 400, "body"],
    [
      "a malformed request inside",
      "issuance.request",
      { payload: base64(Buffer.from('{"version":2}')), signature: base64(Buffer.alloc(64)) },
      400,
      "payload",
    ],
  ])("%s", async (_what, path, body, status, field) => {
    const answer = await post(counter, path, JSON.stringify(body));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).error.data.field).toMatch(new RegExp(`^${field}`));
    expect(answer.text).not.toContain("山田");
    expect(answer.text).not.toContain("stack");
  });

  it("text that is no JSON", async () => {
    expect((await post(counter, "cards.look", "{")).status).toBe(400);
  });
});

describe("[security 4] a caller without a living certificate of the right kind", () => {
  const answerTo = (tls: object) =>
    new Promise<string>((resolve) => {
      const { hostname, port } = new URL(String(authority.programs.ca.ready.listen));
      const call = request({ hostname, port, path: "/authority.describe", ...tls }, (response) => {
        response.resume();
        resolve(`answered ${response.statusCode}`);
      });
      call.once("error", () => resolve("no answer"));
      call.end();
    });
  const root = () => authority.equipmentRoot;

  it("gets no answer without a certificate", async () => {
    expect(await answerTo({ ca: root() })).toBe("no answer");
  });

  it("gets no answer with a certificate of another root", async () => {
    const foreign = await startForeignIdentity();
    expect(await answerTo({ ca: root(), ...foreign })).toBe("no answer");
  });

  it("gets no answer with a certificate of another kind", async () => {
    const { code } = await authority.script("enrol", "clerk-screen", "121002", "screen-1");
    const screen = await enrolMachine(String(authority.programs.ca.ready.enrolment), String(code));
    expect(await answerTo({ ca: root(), cert: screen.certificate, key: screen.key })).toBe("no answer");
  });

  it("is refused everything but its renewal as a device agent: a stolen terminal opens no case and writes to no card", async () => {
    const { code } = await authority.script("enrol", "agent", "121002", "counter-1");
    const agent = await enrolMachine(String(authority.programs.ca.ready.enrolment), String(code));
    const { certificate, key, root: ca } = agent;
    const client = createCaClient(
      { url: String(authority.programs.ca.ready.listen), root: ca, certificate, key },
      () => {},
    );
    const attempt = { caseId: randomUUID(), attempt: 1, cardNumber: cards[0] ?? "" };
    const cardChallenge = base64(randomBytes(16));
    await expect(client.calls.cards.openCase.mutate(attempt)).rejects.toThrow("FORBIDDEN");
    await expect(client.calls.cards.openSession.mutate({ ...attempt, cardChallenge })).rejects.toThrow("FORBIDDEN");
    await expect(client.calls.subscribers.holding.mutate({ residentCode: "90000000017" })).rejects.toThrow("FORBIDDEN");
    await expect(client.calls.equipment.inForce.query()).rejects.toThrow("FORBIDDEN");
    const { csr } = makeMachineKey();
    const renewal = { csr: base64(csr), signature: base64(randomBytes(64)) };
    expect(await client.calls.equipment.renew.mutate(renewal)).toEqual({ kind: "refused", reason: "requestNotGood" });
    await client.close();
  });

  it("is named to its municipality's server as in force until it is revoked, and to no other's", async () => {
    const { code } = await authority.script("enrol", "agent", "121002", "counter-2");
    const { certificate } = await enrolMachine(String(authority.programs.ca.ready.enrolment), String(code));
    const fingerprint = new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
    const inForce = async (by: WireCounter) =>
      (await by.calls.equipment.inForce.query()).fingerprints.includes(fingerprint);
    await expect.poll(() => inForce(counter)).toBe(true);
    expect(await inForce(other)).toBe(false);
    await authority.script("revoke-equipment", fingerprint, "lost");
    await expect.poll(() => inForce(counter)).toBe(false);
  });

  it("gets no answer below TLS 1.3", async () => {
    const { certificate, key } = counter.machine;
    expect(await answerTo({ ca: root(), cert: certificate, key, maxVersion: "TLSv1.2" })).toBe("no answer");
    expect(await answerTo({ ca: root(), cert: certificate, key })).toBe("answered 200");
  });

  it("loses its open connections, and a resumed session, when its certificate is revoked", async () => {
    const gone = await WireCounter.enrol(authority, "122033", "ichikawa-1");
    const { certificate, key } = gone.machine;
    const { port } = new URL(String(authority.programs.ca.ready.listen));
    const open = connectTls({
      port: Number(port),
      host: "127.0.0.1",
      servername: "localhost",
      ca: root(),
      cert: certificate,
      key,
    });
    let session: Buffer | undefined;
    open.on("session", (ticket) => {
      session = ticket;
    });
    open.on("error", () => {});
    const closed = new Promise((resolve) => open.once("close", resolve));
    expect((await gone.calls.authority.describe.query()).authority).toBe(quickAuthority.id);
    await authority.script(
      "revoke-equipment",
      new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase(),
      "lost",
    );
    await closed;
    await expect(gone.calls.authority.describe.query()).rejects.toThrow();
    expect(session).toBeDefined();
    expect(await answerTo({ ca: root(), cert: certificate, key, session })).toBe("no answer");
    await gone.close();
  });

  it("gets no answer once its certificate has expired", async () => {
    const gone = await WireCounter.enrol(authority, "122041", "funabashi-1");
    const fingerprint = new X509Certificate(gone.machine.certificate).fingerprint256.replaceAll(":", "").toLowerCase();
    await inLedger(
      `update ca.equipment_certificate set not_after = now() - interval '1 s' where fingerprint = '${fingerprint}'`,
    );
    const said = () =>
      gone.calls.authority.describe.query().then(
        () => "an answer",
        () => "nothing",
      );
    // The ledger's word of the change reaches the server a moment later.
    await expect.poll(said).toBe("nothing");
    await gone.close();
  });
});

describe("[security 4] an enrolment code", () => {
  it("dies after five wrong tries, and says nothing else", async () => {
    const { code } = await authority.script("enrol", "server", "121002", "chiba-9");
    const enrolment = String(authority.programs.ca.ready.enrolment);
    const client = createEnrolmentClient({ url: enrolment, root: authority.equipmentRoot });
    const { csr } = makeMachineKey();
    const octets = Buffer.from(String(code).slice("mitome-".length), "base64url").toString("hex");
    const ticketId = octets.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    for (let wrong = 0; wrong < 5; wrong += 1) {
      const answer = await client.calls.enrolment.redeem.mutate({
        ticketId,
        csr: base64(csr),
        mac: base64(randomBytes(32)),
      });
      expect(answer).toEqual({ kind: "refused", reason: "ticketNotGood" });
    }
    await expect(enrolMachine(enrolment, String(code))).rejects.toThrow("ticketNotGood");
    await client.close();
  });

  it("is redeemed for one key alone", async () => {
    const { code } = await authority.script("enrol", "agent", "121002", "counter-3");
    const enrolment = String(authority.programs.ca.ready.enrolment);
    const first = await enrolMachine(enrolment, String(code));
    expect(new X509Certificate(first.certificate).subject).toContain("OU=agent");
    await expect(enrolMachine(enrolment, String(code))).rejects.toThrow("ticketNotGood");
  });

  it("is not accepted by a server that it does not name", async () => {
    const { code } = await authority.script("enrol", "agent", "121002", "counter-4");
    const octets = Buffer.from(String(code).slice("mitome-".length), "base64url");
    octets.fill(0, 32);
    const wrong = `mitome-${octets.toString("base64url")}`;
    await expect(enrolMachine(String(authority.programs.ca.ready.enrolment), wrong)).rejects.toThrow(
      "authorityNotRecognised",
    );
  });
});

describe("the audit trail", () => {
  it("is whole, and the first bad record is named once one is altered", async () => {
    expect(await authority.script("audit-verify")).toMatchObject({ kind: "whole" });
    const [victim] = await inLedger<{ stream: string; sequence: string }>(
      "select stream, sequence from ca.audit_event where kind = 'issuance.intentRecorded' order by stream, sequence limit 1",
    );
    const where = `stream = '${victim?.stream}' and sequence = ${victim?.sequence}`;
    await inLedger(`update ca.audit_event set operator = '121002/somebody-else' where ${where}`);
    await expect(authority.script("audit-verify")).rejects.toMatchObject({
      stdout: expect.stringContaining(`"stream":"${victim?.stream}","sequence":${victim?.sequence},"fault":"altered"`),
    });
    await inLedger(`update ca.audit_event set operator = '121002/clerk-7' where ${where}`);
    expect(await authority.script("audit-verify")).toMatchObject({ kind: "whole" });
  });

  it("is found cut short by the heads that were signed when the process stopped", async () => {
    const running = authority.programs.ca;
    await authority.restartCa();
    expect(await running.ended).toBe(0);
    await Promise.all([counter.callAt(authority.programs.ca), other.callAt(authority.programs.ca)]);
    const whole = await authority.script("audit-verify");
    expect(Number(whole.signedHeads)).toBeGreaterThan(0);
    const [signed] = await inLedger<{ heads: { stream: string; sequence: number }[] }>(
      "select heads from ca.audit_heads limit 1",
    );
    const { stream, sequence } = signed?.heads[0] ?? { stream: "", sequence: 0 };
    await inLedger(
      `create table ca.cut as select * from ca.audit_event where stream = '${stream}' and sequence >= ${sequence}`,
    );
    await inLedger(`delete from ca.audit_event where stream = '${stream}' and sequence >= ${sequence}`);
    await expect(authority.script("audit-verify")).rejects.toMatchObject({
      stdout: expect.stringContaining('"fault":"missing"'),
    });
    await inLedger("insert into ca.audit_event select * from ca.cut");
    await inLedger("drop table ca.cut");
  });
});

describe("the operators' scripts", () => {
  it("confirm the clock at the signer as well as in the ledger, by two people", async () => {
    await expect(authority.script("confirm-clock", "hanako", "hanako")).rejects.toThrow("two people confirm a clock");
    expect(await authority.script("confirm-clock", "hanako", "taro")).toEqual({ confirmed: true });
    const journal = readFileSync(join(authority.home, "signer.journal"), "utf8");
    expect(journal).toContain('"entry":{"kind":"clockConfirmed","first":"hanako","second":"taro"}');
    expect(await eventKinds()).toContain("clock.confirmed");
  });

  it("enter no authority of the historical suite that does not acknowledge it", async () => {
    const definition = join(authority.home, "unacknowledged.json");
    writeFileSync(definition, JSON.stringify({ ...authority.definition, suite: "cps-2014" }));
    const config = join(authority.home, "unacknowledged-operator.json");
    const operator = JSON.parse(readFileSync(authority.configs.operator, "utf8"));
    writeFileSync(config, JSON.stringify({ ...operator, authorityDefinition: definition }));
    await expect(
      promisify(execFile)(process.execPath, [new URL("bootstrap.ts", import.meta.url).pathname, config]),
    ).rejects.toMatchObject({
      code: 1,
      stderr: `${definition}: this suite only reproduces history: acknowledgesHistoricalReproduction must be true\n`,
    });
  });
});

/** Sends again while the authority says that it is unable for now. */
async function retried<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === 100 || !String(error).includes("SERVICE_UNAVAILABLE")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function startForeignIdentity(): Promise<{ cert: string; key: string }> {
  const { makeQuickAuthority } = await import("@mitome/testkit/soft-issuing-authority");
  const { certificate, key } = makeQuickAuthority(new Date(Date.now() - 1000)).equip("server", "121002", "chiba-1");
  return {
    cert: new X509Certificate(certificate).toString(),
    key: key.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

async function post(by: WireCounter, path: string, body: string): Promise<{ status: number; text: string }> {
  const { root: ca, certificate: cert, key } = by.machine;
  const { hostname, port } = new URL(String(authority.programs.ca.ready.listen));
  return await new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const call = request({ hostname, port, path: `/${path}`, method: "POST", headers, ca, cert, key }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.once("error", reject);
    call.end(body);
  });
}
