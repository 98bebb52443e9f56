import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { enrolMachine } from "@mitome/ca-api/enrol";
import { type IntentFields, SignerClient } from "@mitome/hsm/signer-client";
import { type RunningAuthority, startAuthority } from "@mitome/testkit/running-authority";
import { makeSoftAuthority, signRequest } from "@mitome/testkit/soft-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { type WireCase, WireCounter, wireResident } from "@mitome/testkit/wire-counter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let authority: RunningAuthority;
let counter: WireCounter;
let signer: SignerClient;
let genuine: IntentFields;
let issued: WireCase;
/** The authority's server, whoever it serves: the rights of its database role. */
let server: RoleSql;
/** Somebody who may write whatever he likes into the ledger. */
let writer: RoleSql;
const open = (role: string) => sqlAs(authority.postgres.url(role));
const socketOf = (name: "s" | "c") => join(authority.home, name);

beforeAll(async () => {
  authority = await startAuthority(quickAuthority);
  counter = await WireCounter.enrol(authority, "121002", "chiba-1");
  const [card = ""] = await counter.receiveCards(1);
  issued = await counter.openCase(card, wireResident(1));
  expect(await counter.calls.issuance.request.mutate(issued.request)).toMatchObject({ kind: "issued" });
  [server, writer] = [open("ca_app"), open("ca_owner")];
  signer = new SignerClient({ socket: socketOf("s") });
  const [row] = await writer<IntentFields & { generation: number }>`select id, authority, generation, kind, serial, tbs,
    request, request_signature as "requestSignature", requester_certificate as "requesterCertificate"
    from ca.signing_intent where kind = 'subscriber'`;
  if (row === undefined) throw new Error("nothing was issued");
  genuine = row;
});

afterAll(async () => {
  signer?.close();
  await Promise.all([server?.end(), writer?.end()]);
  await counter?.close();
  await authority?.stop();
});

/** Attempts to sign this intent, by the signer's own journal. */
const attemptsAt = (intent: string) =>
  readFileSync(join(authority.home, "signer.journal"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"attempt"') && line.includes(intent)).length;

/** Records an intent with the rights of a role. */
async function forge(on: RoleSql, intent: IntentFields, mac: Uint8Array): Promise<void> {
  await on`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, request, request_signature,
      requester_certificate, mac, state, owner, fence, lease_until)
    values (${intent.id}, ${intent.authority}, ${intent.generation}, ${intent.kind}, ${intent.serial}, ${intent.tbs},
      ${intent.request}, ${intent.requestSignature}, ${intent.requesterCertificate}, ${mac}, 'recorded', ${randomUUID()}, 1,
      now() + interval '1 hour')`;
}
const another = (): IntentFields => ({ ...genuine, id: randomUUID(), serial: `3a${randomBytes(19).toString("hex")}` });

describe("the certification key from the authority's own server", () => {
  it("is in no memory of its process: the PKCS#11 module is loaded by the signer alone", () => {
    const modules = (pid: number) => readFileSync(`/proc/${pid}/maps`, "utf8");
    expect(modules(authority.programs.signer.pid)).toContain("softhsm");
    expect(modules(authority.programs.ca.pid)).not.toMatch(/softhsm|pkcs11/i);
  });

  it("has a process without a network: the signer listens on Unix sockets and calls nobody", () => {
    expect(networkSocketsOf(authority.programs.ca.pid)).toBeGreaterThan(0);
    expect(networkSocketsOf(authority.programs.signer.pid)).toBe(0);
    expect(networkSocketsOf(authority.programs.cardsSigner.pid)).toBe(0);
  });

  it("signs no row that it recorded with a MAC of its own making", async () => {
    const intent = another();
    await forge(server, intent, randomBytes(32));
    expect(await signer.sign(intent.id, 1n)).toMatchObject({ kind: "refused", reason: "macWrong" });
    expect(attemptsAt(intent.id)).toBe(0);
  });

  it("signs no row that it recorded with the MAC of another", async () => {
    const intent = another();
    const [row] = await server<{ mac: Uint8Array }>`select mac from ca.signing_intent where id = ${genuine.id}`;
    await forge(server, intent, row?.mac ?? new Uint8Array());
    expect(await signer.sign(intent.id, 1n)).toMatchObject({ kind: "refused", reason: "macWrong" });
  });

  it("has no MAC made for a resident whom no municipality asked for", async () => {
    const intent: IntentFields = { ...another(), request: null, requestSignature: null, requesterCertificate: null };
    expect(await signer.macIntent(intent)).toMatchObject({ kind: "refused", reason: "inspectionFailed" });
  });

  it.each([
    ["octets of a certificate to sign", () => Buffer.from(genuine.tbs)],
    ["a frame that is no JSON", () => Buffer.concat([Buffer.from([0, 0, 0, 4]), Buffer.from("sign")])],
    ["a frame larger than any request", () => Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x7b])],
  ])("is not reached by raw bytes on the socket: %s", async (_what, bytes) => {
    for (const name of ["s", "c"] as const) expect(await sendRaw(socketOf(name), bytes())).toBe("closed");
    expect(await signer.status()).toMatchObject({ token: "ready" });
  });

  it.each(["sign", "macIntent", "signHeads", "subscriberId", "publicKey", "makeTicket", "activate"])(
    "is not reached by way of the card keys' signer: %s",
    async (op) => {
      const asked = { id: 1, op, intentId: genuine.id, fence: "1", label: `ca:${authority.definition.id}:1` };
      expect(await askSocket(socketOf("c"), asked)).toMatchObject({ ok: false, reason: "malformedRequest" });
    },
  );
});

describe("the operators' socket", () => {
  it("takes no PIN of less than 128 bits", async () => {
    const asked = { id: 1, op: "activate", pin: "0123456789abcdef" };
    expect(await askSocket(join(authority.home, "so"), asked)).toMatchObject({ ok: false, reason: "malformedRequest" });
  });
});

describe("the certification key from who can write the ledger", () => {
  it("signs nothing for a machine that was only entered there", async () => {
    const foreign = makeSoftAuthority(new Date(Date.now() - 60_000), authority.definition);
    const machine = foreign.equip("server", "121002", "forged-1");
    const fingerprint = createHash("sha256").update(machine.certificate).digest("hex");
    await writer`insert into ca.equipment_certificate
      select ${fingerprint}, authority, ${randomBytes(20).toString("hex")}, intent, 'server', '121002', 'forged-1',
        ${machine.certificate}, not_before, not_after from ca.equipment_certificate limit 1`;
    const signed = signRequest(machine, issued.payload);
    const intent: IntentFields = {
      ...genuine,
      id: randomUUID(),
      request: signed.payload,
      requestSignature: signed.signature,
      requesterCertificate: machine.certificate,
    };
    expect(await signer.macIntent(intent)).toMatchObject({ reason: "inspectionFailed", detail: "requester" });
  });

  it("signs no machine's certificate for a ticket that was only entered there", async () => {
    const { code } = await authority.script("enrol", "server", "122025", "choshi-9");
    await writer`update ca.enrolment_ticket set municipality = '121002' where place = 'choshi-9'`;
    const enrolment = String(authority.programs.ca.ready.enrolment);
    await expect(enrolMachine(enrolment, String(code))).rejects.toThrow();
    expect(await writer`select 1 from ca.equipment_certificate where place = 'choshi-9'`).toHaveLength(0);
  });

  it("signs no row that was altered after its decision, in recovery either", async () => {
    const before = attemptsAt(genuine.id);
    expect(before).toBe(1);
    const tbs = Buffer.from(genuine.tbs);
    const last = tbs.length - 1;
    tbs[last] = (tbs[last] ?? 0) ^ 1;
    await writer`with forgotten as (delete from ca.certificate_content where serial = ${genuine.serial}),
      reopened as (update ca.certificate set state = 'pending' where serial = ${genuine.serial})
      update ca.signing_intent set state = 'recorded', tbs = ${tbs}, lease_until = now() - interval '1 minute'
      where id = ${genuine.id}`;
    await authority.restartCa();
    const recovered = () =>
      writer`select 1 from ca.audit_event where kind = 'issuance.recovered' and detail ->> 'intent' = ${genuine.id}`;
    await expect.poll(async () => (await recovered()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const state = async () => (await writer`select state from ca.signing_intent where id = ${genuine.id}`)[0]?.state;
    await expect.poll(state).toBe("discarded");
    expect(attemptsAt(genuine.id)).toBe(before);
    expect(await writer`select 1 from ca.certificate_content where serial = ${genuine.serial}`).toHaveLength(0);
  });
});

describe("the certification key from a municipality's machine", () => {
  it.each([
    "sign",
    "signer.sign",
    "issuance.sign",
    "authority.activate",
    "enrolment.redeem",
    "equipment.enrol",
    "audit.read",
  ])("is behind no procedure of its listener: %s", async (procedure) => {
    expect(await callAsServer(procedure)).toBe(404);
  });
});

describe("an enrolment code", () => {
  it("holds 128 bits of secret and the root's hash, and the ledger nothing from which the code could be had", async () => {
    const { code } = await authority.script("enrol", "agent", "121002", "counter-7");
    const octets = Buffer.from(String(code).slice("mitome-".length), "base64url");
    const secret = octets.subarray(16, 32);
    expect(octets.subarray(32)).toEqual(createHash("sha256").update(pemOctets(authority.equipmentRoot)).digest());
    const rows = await writer`select * from ca.enrolment_ticket where place = 'counter-7'`;
    const events = await writer`select * from ca.audit_event`;
    const stored = JSON.stringify([rows, events], (_, value) =>
      value?.type === "Buffer" ? Buffer.from(value).toString("hex") : value,
    );
    expect(stored).toContain("counter-7");
    for (const how of ["hex", "base64", "base64url"] as const) expect(stored).not.toContain(secret.toString(how));
  });

  it("is worth nothing after its hour", async () => {
    const { code } = await authority.script("enrol", "agent", "121002", "counter-8");
    await writer`update ca.enrolment_ticket set expires_at = now() - interval '1 second' where place = 'counter-8'`;
    const enrolment = String(authority.programs.ca.ready.enrolment);
    await expect(enrolMachine(enrolment, String(code))).rejects.toThrow("ticketNotGood");
  });
});

/** TCP and UDP sockets that a process has open. */
function networkSocketsOf(pid: number): number {
  const network = ["tcp", "tcp6", "udp", "udp6"].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, "latin1")
      .split("\n")
      .map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`),
  );
  const open = readdirSync(`/proc/${pid}/fd`).map((descriptor) => linkOf(`/proc/${pid}/fd/${descriptor}`));
  return open.filter((link) => network.includes(link)).length;
}

/** Empty for a descriptor that was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function pemOctets(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

function sendRaw(socket: string, bytes: Uint8Array): Promise<"closed" | "answered"> {
  return new Promise((resolve) => {
    const connection = connect({ path: socket });
    connection.on("data", () => resolve("answered"));
    connection.on("error", () => resolve("closed"));
    connection.on("close", () => resolve("closed"));
    connection.write(bytes);
  });
}

function askSocket(socket: string, asked: object): Promise<unknown> {
  return new Promise((resolve) => {
    const connection = connect({ path: socket });
    const body = Buffer.from(JSON.stringify(asked));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    connection.write(Buffer.concat([length, body]));
    connection.on("data", (chunk: Buffer) => {
      connection.destroy();
      resolve(JSON.parse(chunk.toString("utf8", 4)));
    });
  });
}

function callAsServer(procedure: string): Promise<number | undefined> {
  const { certificate: cert, key, root: ca } = counter.machine;
  const { hostname, port } = new URL(String(authority.programs.ca.ready.listen));
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const call = request(
      { hostname, port, method: "POST", path: `/${procedure}`, cert, key, ca, headers },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    call.once("error", reject);
    call.end(JSON.stringify({ tbs: Buffer.from(genuine.tbs).toString("base64") }));
  });
}
