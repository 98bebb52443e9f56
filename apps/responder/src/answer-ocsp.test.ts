import { sign } from "node:crypto";
import type { VerifierFact } from "@mitome/ca";
import {
  assembleOcspRequest,
  encodeTbsRequest,
  type GeneralName,
  makeCertId,
  ocspNonceOid,
  parseOcspResponse,
} from "@mitome/x509";
import { booleanTrue, contextConstructed, objectIdentifier, octetString, sequence } from "@mitome/x509/der-writer";
import { beforeEach, describe, expect, it } from "vitest";
import {
  authority,
  city,
  Desk,
  delegationOf,
  formerAuthority,
  formerIssuer,
  formerResponder,
  idOf,
  issuer,
  responder,
  serial,
  start,
  statusesIn,
} from "./desk.fixture.ts";
import { makeAuthority, makePeer, makeResponder, serialOf } from "./hierarchy.fixture.ts";
import { Issuers } from "./issuers.ts";
import { admittedFacts } from "./memory-world.fixture.ts";

const group = makePeer("lawyers");
let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

const refused = (reason: string, error = "unauthorized") => expect.objectContaining({ kind: "error", error, reason });

describe("千葉県運用規程 4-4-4-2: the status at the instant asked", () => {
  const end = { notAfter: new Date("2026-11-22T09:00:00Z") };
  const revocation = { reason: "superseded", revokedAt: new Date("2026-11-20T00:00:00.999Z") } as const;
  it.each([
    ["valid", { state: "valid" }, "good"],
    ["in its last second", { state: "valid", ...end }, "good"],
    ["over", { state: "valid", notAfter: new Date("2026-11-22T08:59:59Z") }, "unknown"],
    ["revoked and over", { state: "revoked", revocation, notAfter: new Date("2026-11-22T08:59:59Z") }, "unknown"],
    ["not yet signed", { state: "pending" }, "unknown"],
    ["given up", { state: "discarded" }, "unknown"],
    ["revoked", { state: "revoked", revocation }, "revoked"],
  ] as const)("of a certificate that is %s", async (_, changes, kind) => {
    desk.status.put(issuer, serial, changes);
    expect(statusesIn(await desk.ask()).map((one) => one.kind)).toStrictEqual([kind]);
  });

  it("[C-4-4-4-2.1] answers each certificate of a request, by SHA-1 and SHA-256, and unknown for what it does not know", async () => {
    desk.status.put(issuer, serialOf("77"), { state: "revoked", revocation });
    const foreign = makeCertId("sha1", makePeer("another authority").certificate, serial);
    const certIds = [idOf(serial, "sha256"), idOf(serialOf("77")), idOf(serialOf("78")), foreign];
    expect(statusesIn(await desk.ask({ certIds }))).toStrictEqual([
      { kind: "good" },
      { kind: "revoked", revocationTime: new Date("2026-11-20T00:00:00Z"), revocationReason: "superseded" },
      { kind: "unknown" },
      { kind: "unknown" },
    ]);
  });

  it("says tryLater, and nothing older, when the ledger does not answer", async () => {
    desk.status.reachable = false;
    expect(await desk.ask({ nonce: Buffer.alloc(16) })).toEqual(refused("status", "tryLater"));
    desk.status.reachable = true;
    desk.status.pause = new Promise(() => {});
    expect(await desk.ask({ nonce: Buffer.alloc(16) })).toEqual(refused("status", "tryLater"));
    expect(desk.records).toHaveLength(0);
  });

  it("says tryLater when its key does not answer", async () => {
    desk.keyIsThere = false;
    expect(await desk.ask()).toMatchObject({ error: "tryLater", reason: "signer", fault: "Error" });
  });

  it("says tryLater when its own certificate is over", async () => {
    const validity = { notBefore: new Date("2025-11-22T00:00:00Z"), notAfter: new Date("2026-11-22T08:59:59Z") };
    const issuers = new Issuers([{ ...issuer, ...delegationOf(authority, makeResponder(authority, { validity })) }]);
    const request = assembleOcspRequest(encodeTbsRequest({ certIds: [idOf()] }));
    expect(await desk.answer(request, city, issuers)).toEqual(refused("responderCertificate", "tryLater"));
  });
});

describe("千葉県運用規程 4-4-4-3: who is answered", () => {
  const without = (kind: VerifierFact["kind"]) => admittedFacts.filter((fact) => fact.kind !== kind);
  it.each([
    ["whoever shows no certificate", undefined, undefined, "nobody"],
    ["whoever is not registered", makePeer("stranger"), undefined, "notRegistered"],
    ["a verifier that did not notify", group, without("notified"), "notNotified"],
    ["a verifier without an agreement", group, without("agreed"), "noAgreement"],
    ["a verifier without the right", group, without("rightGranted"), "rightNotGranted"],
    ["a verifier that has not started", group, without("started"), "notStarted"],
    ["a verifier that stopped", group, [...admittedFacts, { kind: "stopped", effectiveAt: start } as const], "stopped"],
  ] as const)("[C-4-4-4-3.1] is not %s", async (_, client, facts, reason) => {
    if (client !== undefined && facts !== undefined) desk.registry.register(client, "lawyers", { facts });
    expect(await desk.answer(assembleOcspRequest(encodeTbsRequest({ certIds: [idOf()] })), client)).toEqual(
      refused(reason),
    );
    expect([desk.records.length, desk.status.readings]).toEqual([0, 0]);
  });

  it("is not whoever's certificate has ended", async () => {
    const ended = makePeer("ended", {
      validity: { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2026-11-22T08:59:59Z") },
    });
    desk.registry.register(ended, "ended");
    expect(await desk.ask({ client: ended })).toEqual(refused("credentialEnded"));
  });

  function signed(by: typeof city, { enclosed = by, client = undefined as typeof city | undefined } = {}) {
    const tbs = encodeTbsRequest({ certIds: [idOf()] });
    const signature = sign("sha256", tbs, by.privateKey);
    const certificates = [enclosed.certificate.der];
    return desk.answer(assembleOcspRequest(tbs, { algorithm: "ecdsa-with-SHA256", signature, certificates }), client);
  }
  it("is whoever signs with a registered key, and nobody who only sends its certificate", async () => {
    desk.registry.register(group, "lawyers");
    expect(await signed(city)).toMatchObject({ kind: "answered" });
    expect(await signed(group, { enclosed: city })).toEqual(refused("signatureWrong"));
    expect(await signed(makePeer("stranger"))).toEqual(refused("notRegistered"));
    expect(await signed(makePeer("stranger"), { client: city })).toEqual(refused("notRegistered"));
    expect(await signed(city, { client: group })).toEqual(refused("credentialsDiffer"));
  });

  const named = (value: string): GeneralName => ({ kind: "directoryName", name: [{ type: "CN", value }] });
  it("[C-1-3-1.17] is a 団体署名検証者 for the listed 署名確認者 that it names, with one record for each request", async () => {
    const listed = { kind: "confirmerListed", confirmer: "suzuki-office", effectiveAt: start } as const;
    const facts = [...admittedFacts, listed];
    desk.registry.register(group, "lawyers", { kind: "groupVerifier", facts });
    expect(await desk.ask({ client: group })).toEqual(refused("confirmerNotNamed"));
    expect(await desk.ask({ client: group, requestorName: named("sato-office") })).toEqual(
      refused("confirmerNotListed"),
    );
    const dns = { kind: "dNSName", name: "suzuki-office" } as const;
    expect(await desk.ask({ client: group, requestorName: dns })).toEqual(refused("confirmerNotNamed"));
    expect(desk.records).toHaveLength(0);
    expect(await desk.ask({ client: group, requestorName: named("suzuki-office") })).toMatchObject({
      kind: "answered",
    });
    expect(desk.records).toMatchObject([{ verifierId: "lawyers", confirmer: "suzuki-office" }]);
  });
});

describe("access records", () => {
  it("say who asked what when, and what was answered", async () => {
    await desk.ask({ certIds: [idOf(), idOf(serialOf("78"))] });
    const said = [
      { serial, answer: "good" },
      { serial: "78", answer: "unknown" },
    ];
    expect(desk.records).toStrictEqual([
      { ...issuer, verifierId: "matsudo-city", confirmer: null, at: start, method: "ocsp", answers: said },
    ]);
  });

  it("are kept before anything is answered: without them the answer is tryLater", async () => {
    desk.spoolIsFull = true;
    expect(await desk.ask()).toEqual(refused("accessRecords", "tryLater"));
  });
});

describe("RFC 6960", () => {
  it("§4.2.2.2: signs with the delegate of the generation asked about, and not for two at once", async () => {
    desk.status.put(formerIssuer, serial, {
      state: "revoked",
      revocation: { reason: "cACompromise", revokedAt: start },
    });
    const old = idOf(serial, "sha1", formerAuthority);
    const said = await desk.ask({ certIds: [old] });
    expect(statusesIn(said)).toMatchObject([{ kind: "revoked" }]);
    if (said.kind === "error") return expect.unreachable();
    const response = parseOcspResponse(Buffer.from(said.signed.response));
    expect(response).toMatchObject({ certificates: [formerResponder.certificate.der] });
    expect(await desk.ask({ certIds: [old, idOf()] })).toEqual(refused("issuersDiffer"));
  });

  it("§2.3: is not authoritative for other issuers", async () => {
    const foreign = makePeer("another authority");
    expect(await desk.ask({ certIds: [makeCertId("sha1", foreign.certificate, serial)] })).toEqual(
      refused("issuerUnknown"),
    );
  });

  it("§4.1.2: passes over an extension that it does not know, unless it is critical", async () => {
    const list = sequence(sequence(idOf().encoded));
    const extension = (...critical: Uint8Array[]) =>
      sequence(objectIdentifier("1.3.6.1.5.5.7.48.1.99"), ...critical, octetString(sequence()));
    const nonce = sequence(objectIdentifier(ocspNonceOid), booleanTrue, octetString(octetString(Buffer.alloc(8))));
    const request = (...extensions: Uint8Array[]) =>
      sequence(sequence(list, contextConstructed(2, sequence(...extensions))));
    expect(await desk.answer(request(extension(), nonce), city)).toMatchObject({ kind: "answered" });
    expect(await desk.answer(request(extension(booleanTrue)), city)).toEqual(
      refused("criticalExtension", "malformedRequest"),
    );
    expect(await desk.answer(Buffer.from("nonsense"), city)).toEqual(refused("malformed", "malformedRequest"));
  });

  it("§2.6: speaks only with certificates that the issuer itself delegated OCSP signing to", () => {
    const [living, former] = [delegationOf(authority, responder), delegationOf(formerAuthority, formerResponder)];
    const made = (changes: Partial<typeof living>) => () => new Issuers([{ ...issuer, ...living, ...changes }]);
    expect(made({ responderCertificate: former.responderCertificate })).toThrow("chiba, generation 2: otherIssuer");
    expect(made({ signer: former.signer })).toThrow("otherKey");
    const undelegated = makePeer("x", { by: authority });
    expect(made(delegationOf(authority, undelegated))).toThrow("notForOcspSigning");
    expect(made({ responderCertificate: Buffer.from("x") })).toThrow("notACertificate");
  });

  it.each(["rsa", "P-384"] as const)("answers with a key of %s too", async (key) => {
    const by = makeAuthority(key);
    const issuers = new Issuers([{ ...issuer, ...delegationOf(by, makeResponder(by, { key })) }]);
    const request = assembleOcspRequest(encodeTbsRequest({ certIds: [idOf(serial, "sha256", by)] }));
    expect(statusesIn(await desk.answer(request, city, issuers))).toStrictEqual([{ kind: "good" }]);
  });
});
