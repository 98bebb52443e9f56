import { randomUUID, sign } from "node:crypto";
import {
  makeSoftAuthority,
  makeSoftKey,
  parsedRequest,
  requestPayload,
  type SoftEquipment,
  type SoftKey,
  signRequest,
  softSign,
  testSerial,
} from "@mitome/testkit/soft-authority";
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
  encodeTbsCertificate,
  keyUsage,
  parseTbsCertificate,
  type TbsCertificateFields,
} from "@mitome/x509";
import { describe, expect, it } from "vitest";
import { decideEquipment, decideEquipmentRoot } from "./decide-equipment.ts";
import { decideIssuance } from "./decide-issuance.ts";
import { decideSelfSigned } from "./decide-self-signed.ts";
import { type EnrolmentTicket, encodeEquipmentRequest, enrolmentMac, renewalMessage } from "./equipment-request.ts";
import { certificateFingerprint, EquipmentTrust } from "./equipment-trust.ts";
import { type InspectionContext, inspectIntent } from "./inspect-intent.ts";
import { intentMacInput, type SigningIntent } from "./intent.ts";
import { uniqueNameFromRandom } from "./profiles/subscriber.ts";

const at = new Date("2026-11-22T03:00:00Z");
const authority = makeSoftAuthority(at);
const other = makeSoftAuthority(at);
const server = authority.equip("server", "121002", "honcho");
const subscriberKey = makeSoftKey({ kind: "rsa", bits: 2048 });
const otherSubscriberKey = makeSoftKey({ kind: "rsa", bits: 2048 });
const equipment = new EquipmentTrust(authority.definition.id, authority.equipmentRootKey.subjectPublicKeyInfo);
const serial = testSerial(50);
const payload = requestPayload(subscriberKey.subjectPublicKeyInfo, at);

const issuing: InspectionContext = {
  definition: authority.definition,
  signingKey: authority.key.subjectPublicKeyInfo,
  equipment,
  isRevoked: () => false,
  now: new Date(at.getTime() + 1000),
};
const equipping: InspectionContext = { ...issuing, signingKey: authority.equipmentRootKey.subjectPublicKeyInfo };

function plan(from: Record<string, unknown>, callerMunicipality = "121002"): TbsCertificateFields {
  const decision = decideIssuance(parsedRequest(from), {
    definition: authority.definition,
    generation: authority.generation,
    callerMunicipality,
    now: at,
    serial,
    uniqueName: uniqueNameFromRandom(new Uint8Array(16)),
  });
  if (decision.kind === "refused") throw new Error(decision.reason);
  return parseTbsCertificate(decision.tbs);
}

const rightTbs = encodeTbsCertificate(plan(payload));

function subscriberIntent(by: SoftEquipment = server, changes: Partial<SigningIntent> = {}): SigningIntent {
  const signed = signRequest(by, payload);
  return {
    id: randomUUID(),
    authority: authority.definition.id,
    generation: 1,
    kind: "subscriber",
    serial,
    tbs: rightTbs,
    request: signed.payload,
    requestSignature: signed.signature,
    requesterCertificate: by.certificate,
    ...changes,
  };
}

const inspect = (intent: SigningIntent, changes: Partial<InspectionContext> = {}) =>
  inspectIntent(intent, { ...issuing, ...changes });
const wrong = (fault: string) => expect.objectContaining({ kind: "wrong", fault });

describe("an intent to sign a subscriber certificate", () => {
  it("is right when a municipality's server asked for exactly this", () => {
    expect(inspect(subscriberIntent())).toEqual({
      kind: "right",
      tbs: expect.anything(),
      signatureAlgorithm: "sha256WithRSAEncryption",
      ticket: undefined,
    });
  });

  const changed: readonly (readonly [string, () => TbsCertificateFields])[] = [
    ["the items", () => plan({ ...payload, items: { ...(payload.items as object), gender: "1" } })],
    ["the public key", () => plan(requestPayload(otherSubscriberKey.subjectPublicKeyInfo, at))],
    ["the municipality", () => plan({ ...payload, municipality: "122025" }, "122025")],
    [
      "the period",
      () => {
        const fields = plan(payload);
        const notAfter = new Date(fields.validity.notAfter.getTime() - 1000);
        return { ...fields, validity: { ...fields.validity, notAfter } };
      },
    ],
    [
      "the uses of the key",
      () => {
        const fields = plan(payload);
        const usage = keyUsage(["digitalSignature", "nonRepudiation", "keyCertSign"]);
        return { ...fields, extensions: fields.extensions.map((one) => (one.oid === usage.oid ? usage : one)) };
      },
    ],
    ["the issuer", () => ({ ...plan(payload), issuer: [{ type: "CN", value: "Nobody" }] })],
  ];
  it.each(changed)("is wrong when the TBS differs from the signed request in %s", (_what, tbs) => {
    expect(inspect(subscriberIntent(server, { tbs: encodeTbsCertificate(tbs()) }))).toEqual(
      wrong("differsFromRequest"),
    );
  });

  it("is wrong without a request, a signature or a requester", () => {
    expect(inspect(subscriberIntent(server, { request: null }))).toEqual(wrong("request"));
    expect(inspect(subscriberIntent(server, { requestSignature: null }))).toEqual(wrong("request"));
    expect(inspect(subscriberIntent(server, { requesterCertificate: null }))).toEqual(wrong("requester"));
  });

  it("is wrong when the request was altered after it was signed", () => {
    const altered = Buffer.from(JSON.stringify({ ...payload, clerk: "clerk-8" }));
    expect(inspect(subscriberIntent(server, { request: altered }))).toEqual(wrong("requestSignature"));
  });

  it("is wrong when another municipality's server signed the request", () => {
    const stranger = authority.equip("server", "122025", "choshi");
    expect(inspect(subscriberIntent(stranger))).toEqual(wrong("refusedByDecision"));
  });

  it.each(["authority-server", "agent", "clerk-screen", "resident-screen", "publisher", "responder"] as const)(
    "is wrong when a machine of kind %s asks",
    (kind) => {
      const own = kind === "authority-server" || kind === "publisher" || kind === "responder";
      const machine = authority.equip(kind, own ? "-" : "121002", "honcho");
      expect(inspect(subscriberIntent(machine))).toEqual(wrong("requester"));
    },
  );

  it("is wrong when the requester's certificate is revoked, of another root, not yet or no longer valid", () => {
    const isRevoked = (fingerprint: string) => fingerprint === certificateFingerprint(server.certificate);
    expect(inspect(subscriberIntent(), { isRevoked })).toEqual(wrong("requester"));
    expect(inspect(subscriberIntent(other.equip("server", "121002", "honcho")))).toEqual(wrong("requester"));
    const past = makeSoftAuthority(new Date("2025-11-21T03:00:00Z"));
    const old = past.equip("server", "121002", "honcho");
    const trust = new EquipmentTrust(past.definition.id, past.equipmentRootKey.subjectPublicKeyInfo);
    expect(inspect(subscriberIntent(old), { equipment: trust })).toEqual(wrong("requester"));
  });

  it("is wrong when the municipality's server certifies itself a subscriber key under its own certificate", () => {
    const self = softSign(server.key, rightTbs, "ecdsa-with-SHA256");
    expect(inspect(subscriberIntent(server, { requesterCertificate: self }))).toEqual(wrong("requester"));
  });

  it("is wrong when it lies in the future, or waited more than seven days", () => {
    expect(inspect(subscriberIntent(), { now: new Date(at.getTime() - 600_000) })).toEqual(wrong("clock"));
    expect(inspect(subscriberIntent(), { now: new Date(at.getTime() + 8 * 86_400_000) })).toEqual(wrong("tooOld"));
  });

  it("is wrong for another authority, serial number, generation or kind", () => {
    expect(inspect(subscriberIntent(server, { authority: "chiba" }))).toEqual(wrong("authority"));
    expect(inspect(subscriberIntent(server, { serial: testSerial(51) }))).toEqual(wrong("serial"));
    expect(inspect(subscriberIntent(server, { generation: 2 }))).toEqual(wrong("differsFromRequest"));
    expect(inspect(subscriberIntent(server, { kind: "self-signed" }))).toEqual(wrong("differsFromRequest"));
    expect(inspect(subscriberIntent(server, { kind: "equipment" }))).toEqual(wrong("request"));
  });

  it("is wrong when its octets are no TBS", () => {
    expect(inspect(subscriberIntent(server, { tbs: rightTbs.subarray(1) }))).toEqual(wrong("malformedTbs"));
  });

  it("is wrong when the decision itself breaks a rule, and the rule is named", () => {
    const issuer = authority.definition.issuer.map((one) =>
      one.type === "O" ? { ...one, value: "O".repeat(65) } : one,
    );
    const definition = { ...authority.definition, issuer };
    const decision = decideIssuance(parsedRequest(payload), {
      definition,
      generation: authority.generation,
      callerMunicipality: "121002",
      now: at,
      serial,
      uniqueName: uniqueNameFromRandom(new Uint8Array(16)),
    });
    if (decision.kind === "refused") throw new Error(decision.reason);
    expect(inspect(subscriberIntent(server, { tbs: decision.tbs }), { definition })).toMatchObject({
      kind: "wrong",
      fault: "rule",
      findings: [{ rule: "rfc5280/attribute-lengths", clause: "RFC 5280 appendix A.1" }],
    });
  });

  it("is wrong when signed with another key than the generation's", () => {
    expect(inspect(subscriberIntent(), { signingKey: other.key.subjectPublicKeyInfo })).toEqual(
      wrong("differsFromRequest"),
    );
  });
});

describe("an intent to sign one of the authority's own certificates", () => {
  const ownIntent = (kind: SigningIntent["kind"], tbs: Uint8Array): SigningIntent =>
    subscriberIntent(server, { kind, tbs, request: null, requestSignature: null, requesterCertificate: null });
  const selfSigned = (key: SoftKey) => {
    const decision = decideSelfSigned({
      definition: authority.definition,
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      now: at,
      serial,
    });
    if (decision.kind === "refused") throw new Error(decision.check);
    return decision.tbs;
  };
  const root = (key: SoftKey) => {
    const subjectPublicKeyInfo = key.subjectPublicKeyInfo;
    const decision = decideEquipmentRoot({ authority: authority.definition.id, subjectPublicKeyInfo, now: at, serial });
    if (decision.kind === "refused") throw new Error(decision.check);
    return decision.tbs;
  };

  it("is right for the key that signs and wrong for any other", () => {
    expect(inspect(ownIntent("self-signed", selfSigned(authority.key))).kind).toBe("right");
    expect(inspect(ownIntent("self-signed", selfSigned(other.key)))).toEqual(wrong("differsFromRequest"));
    const equipmentRoot = ownIntent("equipment-root", root(authority.equipmentRootKey));
    expect(inspectIntent(equipmentRoot, equipping).kind).toBe("right");
    expect(inspectIntent(ownIntent("equipment-root", root(other.equipmentRootKey)), equipping)).toEqual(
      wrong("differsFromRequest"),
    );
  });
});

describe("an intent to sign a machine's certificate", () => {
  const machineKey = makeSoftKey({ kind: "ec", curve: "P-256" });
  const csrOf = (key: SoftKey, signer: SoftKey = key) => {
    const info = encodeCertificationRequestInfo([{ type: "CN", value: "new" }], key.subjectPublicKeyInfo);
    return assembleCertificationRequest(info, "ecdsa-with-SHA256", sign("sha256", info, signer.privateKey));
  };
  const csr = csrOf(machineKey);
  const identity = {
    authority: authority.definition.id,
    kind: "agent",
    municipality: "121002",
    place: "counter-1",
  } as const;
  const tbsFor = (who: Parameters<typeof decideEquipment>[0]["identity"]) => {
    const decision = decideEquipment({
      identity: who,
      subjectPublicKeyInfo: machineKey.subjectPublicKeyInfo,
      rootPublicKeyInfo: authority.equipmentRootKey.subjectPublicKeyInfo,
      now: at,
      serial,
    });
    if (decision.kind === "refused") throw new Error(decision.check);
    return decision.tbs;
  };
  const codeKey = new Uint8Array(32).fill(5);
  const ticket = { ticketId: randomUUID(), ...identity, codeKey, expiresAt: "2026-11-22T04:00:00.000Z" };
  const ticketMac = new Uint8Array(32).fill(6);
  const enrolment = (
    changes: { ticket?: Partial<EnrolmentTicket>; csr?: Uint8Array; key?: Uint8Array } = {},
  ): SigningIntent => {
    const asked = changes.csr ?? csr;
    const csrMac = enrolmentMac(changes.key ?? codeKey, asked);
    const request = {
      version: 1,
      way: "enrolment",
      csr: asked,
      ticket: { ...ticket, ...changes.ticket },
      csrMac,
    } as const;
    return subscriberIntent(server, {
      kind: "equipment",
      tbs: tbsFor(identity),
      request: encodeEquipmentRequest(request),
      requestSignature: ticketMac,
      requesterCertificate: null,
    });
  };
  const agent = authority.equip("agent", "121002", "counter-1");
  const renewal = (by: SoftEquipment, signed: SoftKey = by.key): SigningIntent =>
    subscriberIntent(server, {
      kind: "equipment",
      tbs: tbsFor(identity),
      request: encodeEquipmentRequest({ version: 1, way: "renewal", csr }),
      requestSignature: sign("sha256", renewalMessage(csr), { key: signed.privateKey, dsaEncoding: "ieee-p1363" }),
      requesterCertificate: by.certificate,
    });
  const look = (intent: SigningIntent, changes: Partial<InspectionContext> = {}) =>
    inspectIntent(intent, { ...equipping, ...changes });

  it("is right by enrolment if the ticket is the signer's, which it hands back to be checked", () => {
    const inspection = look(enrolment());
    if (inspection.kind === "wrong") throw new Error(inspection.fault);
    expect(inspection.ticket?.ticket.ticketId).toBe(ticket.ticketId);
    expect(Buffer.from(inspection.ticket?.mac ?? [])).toEqual(Buffer.from(ticketMac));
  });

  it.each([
    ["the ticket has expired", { ticket: { expiresAt: "2026-11-22T02:59:59.000Z" } }, "enrolment"],
    ["the ticket is another authority's", { ticket: { authority: "chiba" } }, "enrolment"],
    ["the ticket is for another place", { ticket: { place: "counter-2" } }, "differsFromRequest"],
    ["the ticket is for another municipality", { ticket: { municipality: "122025" } }, "differsFromRequest"],
    ["the request is not authenticated with the code", { key: new Uint8Array(32) }, "enrolment"],
    ["the requester does not have the key", { csr: csrOf(machineKey, agent.key) }, "request"],
  ])("is wrong by enrolment when %s", (_what, changes, fault) => {
    expect(look(enrolment(changes))).toEqual(wrong(fault));
  });

  it("is right by renewal if the machine's present key signed it, and gives no other identity", () => {
    expect(look(renewal(agent)).kind).toBe("right");
    expect(look(renewal(agent, machineKey))).toEqual(wrong("requestSignature"));
    expect(look(renewal(server))).toEqual(wrong("differsFromRequest"));
    expect(look(renewal(agent), { isRevoked: () => true })).toEqual(wrong("requester"));
    expect(look(renewal(other.equip("agent", "121002", "counter-1")))).toEqual(wrong("requester"));
  });

  it("is wrong without a request, or with octets that are none", () => {
    expect(look({ ...renewal(agent), request: null })).toEqual(wrong("request"));
    expect(look({ ...renewal(agent), request: Buffer.from("{}") })).toEqual(wrong("request"));
  });
});

describe("the octets under an intent's MAC", () => {
  const intent: SigningIntent = {
    id: "id",
    authority: "a",
    generation: 12,
    kind: "subscriber",
    serial: "0f",
    tbs: Uint8Array.of(1, 2),
    request: null,
    requestSignature: Uint8Array.of(3),
    requesterCertificate: null,
  };
  it("are the tag and each field behind its length", () => {
    const expected = [
      Buffer.from("mitome-intent-v1\0"),
      Buffer.from("00000002", "hex"),
      Buffer.from("id"),
      Buffer.from("00000001", "hex"),
      Buffer.from("a"),
      Buffer.from("00000002", "hex"),
      Buffer.from("12"),
      Buffer.from("0000000a", "hex"),
      Buffer.from("subscriber"),
      Buffer.from("00000002", "hex"),
      Buffer.from("0f"),
      Buffer.from("000000020102", "hex"),
      Buffer.from("00000000", "hex"),
      Buffer.from("0000000103", "hex"),
      Buffer.from("00000000", "hex"),
    ];
    expect(Buffer.from(intentMacInput(intent))).toEqual(Buffer.concat(expected));
  });
  it("differ when an octet moves from one field to the next", () => {
    const moved = { ...intent, tbs: Uint8Array.of(1), request: Uint8Array.of(2) };
    expect(Buffer.compare(intentMacInput(intent), intentMacInput(moved))).not.toBe(0);
  });
});
