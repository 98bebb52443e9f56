import { createHash, randomBytes, randomUUID } from "node:crypto";
import { renameSync, statSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { makeSoftKey, signRequest } from "@mitome/testkit/soft-authority";
import { sqlAs } from "@mitome/testkit/sql";
import { type EquipmentIdentity, verifySignature } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { macAndRecord, macRecordSign, makeEnrolmentIntent, makeTicket, requestFor } from "./intents.fixture.ts";
import { readJournal } from "./journal-lines.ts";
import { type FoundedAuthority, foundAuthority } from "./signer.fixture.ts";

let authority: FoundedAuthority;

beforeAll(async () => {
  authority = await foundAuthority();
});

afterAll(() => authority.stop());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const caLabel = () => `ca:${authority.definition.id}:1`;

async function publicKey(label: string): Promise<Uint8Array> {
  const answer = await authority.client.publicKey(label);
  if (answer.kind !== "publicKey") throw new Error(answer.kind);
  return answer.spki;
}

describe("a recorded intent", () => {
  it("is signed with the authority's key and journalled before and after", async () => {
    const intent = await authority.subscriberIntent();
    const signature = await macRecordSign(authority, intent);
    expect(verifySignature(await publicKey(caLabel()), "sha256WithRSAEncryption", intent.tbs, signature)).toBe(true);
    const tbs = sha256(intent.tbs);
    const entries = (await readJournal(authority.journal)).map(({ entry }) => entry);
    expect(entries.filter((entry) => "tbs" in entry && entry.tbs === tbs)).toEqual([
      {
        kind: "attempt",
        intent: intent.id,
        key: caLabel(),
        request: sha256(intent.request ?? Buffer.alloc(0)),
        ticket: null,
        tbs,
        attempt: 1,
      },
      { kind: "outcome", tbs, attempt: 1, outcome: "signed", signature: sha256(signature) },
    ]);
  });

  it("gets the same RSA signature when it is signed again after a lost answer, and the attempts are counted", async () => {
    const intent = await authority.subscriberIntent();
    const first = await macRecordSign(authority, intent);
    expect(await authority.client.sign(intent.id, 1n)).toEqual({ kind: "signed", signature: first });
    const attempts = (await readJournal(authority.journal)).filter(
      ({ entry }) => entry.kind === "attempt" && entry.intent === intent.id,
    );
    expect(attempts.map(({ entry }) => entry.kind === "attempt" && entry.attempt)).toEqual([1, 2]);
  });

  it("is signed for the authority itself: the self-signed certificate", async () => {
    const intent = await authority.selfSignedIntent();
    const signature = await macRecordSign(authority, intent);
    expect(verifySignature(await publicKey(caLabel()), "sha256WithRSAEncryption", intent.tbs, signature)).toBe(true);
  });

  it("is signed 40 at once through one connection", async () => {
    const intents = await Promise.all(Array.from({ length: 40 }, () => authority.subscriberIntent()));
    const signatures = await Promise.all(intents.map((intent) => macRecordSign(authority, intent)));
    expect(new Set(signatures.map(sha256)).size).toBe(40);
  });
});

describe("security.md §1: what the signer refuses", () => {
  it("an intent that is not recorded", async () => {
    expect(await authority.client.sign(randomUUID(), 1n)).toMatchObject({ kind: "refused", reason: "intentUnknown" });
  });

  it("a row without a right MAC, whoever wrote it into the database", async () => {
    const intent = await authority.subscriberIntent();
    await authority.record(intent, randomBytes(32));
    expect(await authority.client.sign(intent.id, 1n)).toMatchObject({ kind: "refused", reason: "macWrong" });
  });

  it("a row that was changed after its MAC was made", async () => {
    const intent = await authority.subscriberIntent();
    await macAndRecord(authority, intent);
    const other = await authority.subscriberIntent();
    await authority.owner`update ca.signing_intent set tbs = ${other.tbs}, serial = ${other.serial} where id = ${intent.id}`;
    expect(await authority.client.sign(intent.id, 1n)).toMatchObject({ kind: "refused", reason: "macWrong" });
  });

  it("to MAC a request that the municipality's server did not sign", async () => {
    const intent = await authority.subscriberIntent();
    expect(await authority.client.macIntent({ ...intent, requestSignature: randomBytes(64) })).toEqual({
      kind: "refused",
      reason: "inspectionFailed",
      detail: "requestSignature",
    });
  });

  it("a row with a right MAC whose requester was revoked since", async () => {
    const revoked = await authority.enrol({ kind: "server", municipality: "121002", place: "revoked" });
    const right = await authority.subscriberIntent();
    const request = signRequest(revoked, JSON.parse(Buffer.from(right.request ?? []).toString()));
    const intent = { ...right, requesterCertificate: revoked.certificate, requestSignature: request.signature };
    await macAndRecord(authority, intent);
    await authority.owner`update ca.equipment_certificate set revoked_at = now() where fingerprint = ${sha256(revoked.certificate)}`;
    expect(await authority.client.sign(intent.id, 1n)).toMatchObject({
      kind: "refused",
      reason: "inspectionFailed",
      detail: "requester",
    });
  });

  it("a row with a right MAC whose request the municipality did not sign", async () => {
    // Somebody who could have the token MAC whatever he likes still lacks the municipality's signature.
    const intent = { ...(await authority.subscriberIntent()), requestSignature: randomBytes(64) };
    await authority.record(intent, await authority.macByToken(intent));
    expect(await authority.client.sign(intent.id, 1n)).toEqual({
      kind: "refused",
      reason: "inspectionFailed",
      detail: "requestSignature",
    });
  });

  it("any writing in the ledger by its own role", async () => {
    const sql = sqlAs(authority.postgres.url("ca_signer"));
    for (const attempt of [
      "update ca.signing_intent set fence = 2",
      "insert into ca.activation values ('chiba-practice', 1, 2, now(), now() + interval '1 day')",
      "delete from ca.equipment_certificate",
      "select certificate from ca.certificate_content",
    ]) {
      await expect(sql.run(attempt)).rejects.toThrow(/permission denied/);
    }
    await sql.end();
  });

  it("a TBS that is not what the decision makes of the request", async () => {
    const intent = await authority.subscriberIntent();
    const other = await authority.subscriberIntent();
    expect(await authority.client.macIntent({ ...intent, tbs: other.tbs, serial: other.serial })).toMatchObject({
      reason: "inspectionFailed",
      detail: "differsFromRequest",
    });
  });

  it("a second certificate for a request that was signed before, under whatever intent", async () => {
    const intent = await authority.subscriberIntent();
    await macRecordSign(authority, intent);
    const replay = { ...intent, id: randomUUID() };
    const answer = await authority.client.macIntent(replay);
    if (answer.kind !== "mac") throw new Error(answer.kind);
    await authority.owner`update ca.signing_intent set serial = 'replaced' where id = ${intent.id}`;
    await authority.record(replay, answer.mac);
    expect(await authority.client.sign(replay.id, 1n)).toMatchObject({
      kind: "refused",
      reason: "requestSignedBefore",
    });
  });

  it("a further certificate of the authority's own keys, asked for by the server that issues", async () => {
    const intent = await authority.selfSignedIntent();
    const no = { kind: "refused", reason: "operatorsOnly" };
    expect(await authority.client.macIntent(intent)).toMatchObject(no);
    expect(await authority.client.macIntent({ ...intent, kind: "equipment-root" })).toMatchObject(no);
    await macAndRecord(authority, intent); // as an operator may
    expect(await authority.client.sign(intent.id, 1n)).toMatchObject(no);
    expect((await authority.operator.sign(intent.id, 1n)).kind).toBe("signed");
  });

  it("a resident's certificate, asked for on the operator's socket", async () => {
    const intent = await authority.subscriberIntent();
    expect(await authority.operator.macIntent(intent)).toMatchObject({ reason: "operatorsOnly" });
    await macAndRecord(authority, intent);
    expect(await authority.operator.sign(intent.id, 1n)).toMatchObject({ reason: "operatorsOnly" });
  });

  it("a municipality's request for a resident of another", async () => {
    const intent = await authority.subscriberIntent();
    const elsewhere = await authority.enrol({ kind: "server", municipality: "122041", place: "funabashi-1" });
    const request = signRequest(elsewhere, JSON.parse(Buffer.from(intent.request ?? []).toString()));
    const foreign = { ...intent, requesterCertificate: elsewhere.certificate, requestSignature: request.signature };
    expect(await authority.client.macIntent(foreign)).toMatchObject({ detail: "refusedByDecision" });
  });

  it("an intent under another fence, or one that is finished", async () => {
    const intent = await authority.subscriberIntent();
    await macAndRecord(authority, intent);
    expect(await authority.client.sign(intent.id, 2n)).toMatchObject({ kind: "refused", reason: "fenceWrong" });
    await authority.owner`update ca.signing_intent set state = 'discarded', lease_until = null where id = ${intent.id}`;
    expect(await authority.client.sign(intent.id, 1n)).toMatchObject({ kind: "refused", reason: "intentNotOpen" });
  });

  it("an enrolment whose ticket did not come from the operator's socket, or was changed since", async () => {
    const identity = {
      authority: authority.definition.id,
      kind: "server",
      municipality: "121002",
      place: "a",
    } as const;
    const made = await makeTicket(authority, identity);
    const key = makeSoftKey({ kind: "ec", curve: "P-256" });
    const csr = requestFor(identity, key);
    const elsewhere = { ...identity, place: "elsewhere" };
    const changed = { ...made, ticket: { ...made.ticket, place: "elsewhere" }, identity: elsewhere };
    for (const ticket of [{ ...made, mac: randomBytes(32) }, changed]) {
      const { intent } = await makeEnrolmentIntent(authority, ticket, key, csr);
      expect(await authority.client.macIntent(intent)).toMatchObject({ reason: "inspectionFailed", detail: "ticket" });
      await authority.record(intent, await authority.macByToken(intent));
      expect(await authority.client.sign(intent.id, 1n)).toMatchObject({ detail: "ticket" });
    }
  });
});

describe("an enrolment's ticket", () => {
  const machine = (place: string): EquipmentIdentity => ({
    ...{ authority: authority.definition.id, kind: "agent", municipality: "121002", place },
  });

  it("enrols one machine: the same request again, no other", async () => {
    const ticket = await makeTicket(authority, machine("counter-1"));
    const one = makeSoftKey({ kind: "ec", curve: "P-256" });
    const csr = requestFor(ticket.identity, one);
    await macRecordSign(authority, (await makeEnrolmentIntent(authority, ticket, one, csr)).intent);
    // The answer was lost: the machine asks again, and a new row is recorded for it.
    const { intent: again } = await makeEnrolmentIntent(authority, ticket, one, csr);
    await macRecordSign(authority, again);
    expect((await authority.client.sign(again.id, 1n)).kind).toBe("signed");
    const other = makeSoftKey({ kind: "ec", curve: "P-256" });
    const { intent } = await makeEnrolmentIntent(authority, ticket, other, requestFor(ticket.identity, other));
    await macAndRecord(authority, intent);
    expect(await authority.client.sign(intent.id, 1n)).toMatchObject({ kind: "refused", reason: "ticketUsed" });
  });

  it("lives an hour at the most", async () => {
    const { ticket } = await makeTicket(authority, machine("counter-2"));
    const expiresAt = new Date(Date.now() + 2 * 3_600_000).toISOString();
    expect(await authority.operator.makeTicket({ ...ticket, expiresAt })).toMatchObject({ reason: "malformedRequest" });
    const past = new Date(Date.now() - 1_000).toISOString();
    expect(await authority.operator.makeTicket({ ...ticket, expiresAt: past })).toMatchObject({
      reason: "ticketExpired",
    });
  });
});

describe("the ordinary socket", () => {
  const socketPath = () => join(authority.directory, "s", "signer");

  function ask(request: unknown): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const socket = connect({ path: socketPath() });
      const body = Buffer.from(JSON.stringify(request));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length);
      socket.write(Buffer.concat([length, body]));
      socket.on("data", (chunk: Buffer) => {
        socket.destroy();
        resolve(JSON.parse(chunk.toString("utf8", 4)));
      });
    });
  }

  it.each([
    { op: "sign", tbs: "AAAA" },
    { op: "sign", intentId: randomUUID(), fence: "1", tbs: "AAAA" },
    { op: "signBytes", bytes: "AAAA", label: "ca:chiba-practice:1" },
    { op: "activate", pin: "0".repeat(43) },
    { op: "deactivate" },
    { op: "makeTicket", ticket: {} },
  ])("takes no bytes to sign and no operator's act: $op", async (request) => {
    expect(await ask({ id: 7, ...request })).toMatchObject({ id: 7, ok: false, reason: "malformedRequest" });
  });

  it("is closed to every other user", () => {
    expect(statSync(socketPath()).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(socketPath())).mode & 0o777).toBe(0o700);
    expect(statSync(join(authority.directory, "o", "operator")).mode & 0o777).toBe(0o600);
    expect(statSync(join(authority.directory, "o")).mode & 0o777).toBe(0o700);
  });

  it("signs audit heads with a key that no certificate knows", async () => {
    const heads = [{ stream: "ca-1", sequence: 7, hash: "ab".repeat(32) }];
    const signed = await authority.client.signHeads(heads);
    if (signed.kind !== "signed") throw new Error(signed.kind);
    const message = Buffer.from(`mitome-audit-heads-v1\0ca-1:7:${"ab".repeat(32)}`);
    const key = await publicKey("audit-heads");
    expect(verifySignature(key, "ecdsa-with-SHA256", message, signed.signature)).toBe(true);
  });

  it("gives a resident code one stable pseudonym that is not the code", async () => {
    const first = await authority.client.subscriberId("24727059608");
    expect(first).toEqual(await authority.client.subscriberId("24727059608"));
    expect(first).not.toEqual(await authority.client.subscriberId("24727059609"));
  });
});

describe("while the world is unable", () => {
  it("is HsmUnavailable while the token's directory is gone, and signs again without a restart", async () => {
    const intent = await authority.subscriberIntent();
    await macAndRecord(authority, intent);
    const gone = `${authority.tokensDirectory}.gone`;
    renameSync(authority.tokensDirectory, gone);
    await expect(authority.client.sign(intent.id, 1n)).rejects.toMatchObject({ name: "HsmUnavailable" });
    expect((await authority.client.status()).token).toBe("unavailable");
    renameSync(gone, authority.tokensDirectory);
    const signed = await untilAnswered(() => authority.client.sign(intent.id, 1n));
    expect(signed.kind).toBe("signed");
  });

  it("is HsmUnavailable while PostgreSQL is down, and signs again when it is back", async () => {
    const intent = await authority.subscriberIntent();
    await macAndRecord(authority, intent);
    const crash = authority.postgres.crash();
    const lost = await untilFailed(() => authority.client.sign(intent.id, 1n));
    expect(lost).toMatchObject({ name: "HsmUnavailable", missing: "ledgerUnreachable" });
    await crash;
    expect((await untilAnswered(() => authority.client.sign(intent.id, 1n))).kind).toBe("signed");
  });
});

/** Asks until it fails: the server was told to end and is ending. */
async function untilFailed(question: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      await question();
    } catch (error) {
      return error;
    }
  }
}

/** Asks until it is answered: HsmUnavailable means "ask again". */
async function untilAnswered<Reply extends { kind: string }>(question: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    try {
      const reply = await question();
      if (reply.kind !== "notActivated") return reply;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
