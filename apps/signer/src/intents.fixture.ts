import { randomBytes, randomUUID, sign } from "node:crypto";
import {
  certificateFingerprint,
  decideEquipment,
  decideIssuance,
  decideSelfSigned,
  encodeEquipmentRequest,
  enrolmentMac,
  equipmentSubject,
  uniqueNameFromRandom,
} from "@mitome/ca";
import type { IntentFields, OperatorClient, SignerClient } from "@mitome/hsm/signer-client";
import {
  makeSoftKey,
  parsedRequest,
  requestPayload,
  type SoftEquipment,
  type SoftKey,
  signRequest,
} from "@mitome/testkit/soft-authority";
import {
  assembleCertificate,
  assembleCertificationRequest,
  brandDer,
  type Der,
  type EquipmentIdentity,
  encodeCertificationRequestInfo,
  serialNumberFromRandom,
} from "@mitome/x509";
import type { FoundedAuthority } from "./signer.fixture.ts";

const fresh = () => serialNumberFromRandom(randomBytes(20));

/** A right intent for a new subscriber key, asked for by this municipality's server; not recorded yet. */
export async function makeSubscriberIntent(authority: FoundedAuthority, server: SoftEquipment): Promise<IntentFields> {
  const key = makeSoftKey({ kind: "rsa", bits: 2048 });
  const now = new Date();
  const { definition } = authority;
  const payload = requestPayload(key.subjectPublicKeyInfo, now, { caseId: randomUUID(), authority: definition.id });
  const plan = decideIssuance(parsedRequest(payload), {
    definition,
    generation: { number: 1, subjectPublicKeyInfo: await publicKey(authority, `ca:${definition.id}:1`) },
    callerMunicipality: server.identity.municipality,
    now,
    serial: fresh(),
    uniqueName: uniqueNameFromRandom(randomBytes(16)),
  });
  if (plan.kind !== "plan") throw new Error(plan.reason);
  const { payload: request, signature: requestSignature } = signRequest(server, payload);
  const asked = { request, requestSignature, requesterCertificate: server.certificate };
  return intentOf(authority, "subscriber", plan, asked);
}

/** A right intent for the self-signed certificate, not recorded yet. */
export async function makeSelfSignedIntent(authority: FoundedAuthority): Promise<IntentFields> {
  const { definition } = authority;
  const subjectPublicKeyInfo = await publicKey(authority, `ca:${definition.id}:1`);
  const plan = decideSelfSigned({ definition, subjectPublicKeyInfo, now: new Date(), serial: fresh() });
  if (plan.kind !== "plan") throw new Error(plan.reason);
  return intentOf(authority, "self-signed", plan, {});
}

/** Gives a machine its certificate through ticket, intent and signature, as an operator and apps/ca do. */
export async function enrolMachine(authority: FoundedAuthority, identity: EquipmentIdentity): Promise<SoftEquipment> {
  const key = makeSoftKey({ kind: "ec", curve: "P-256" });
  const ticket = await makeTicket(authority, identity);
  const { intent, plan } = await makeEnrolmentIntent(authority, ticket, key, requestFor(identity, key));
  const certificate = assembleCertificate(plan.tbs, plan.signatureAlgorithm, await macRecordSign(authority, intent));
  await authority.owner`insert into ca.equipment_certificate (fingerprint, authority, serial, intent, kind, municipality,
    place, der, not_before, not_after) values (${certificateFingerprint(certificate)}, ${identity.authority},
    ${plan.serial}, ${intent.id}, ${identity.kind}, ${identity.municipality}, ${identity.place}, ${certificate},
    ${plan.notBefore}, ${plan.notAfter})`;
  return { identity, key, certificate };
}

/** A ticket of the operator's socket for this machine, with its MAC. */
export async function makeTicket(authority: FoundedAuthority, identity: EquipmentIdentity) {
  const ticket = {
    ...identity,
    ticketId: randomUUID(),
    codeKey: randomBytes(32),
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const made = await authority.operator.makeTicket(ticket);
  if (made.kind !== "mac") throw new Error(JSON.stringify(made));
  return { ticket, mac: made.mac, identity };
}

/** A right intent for a machine with this ticket, key and certification request; not recorded yet. */
export async function makeEnrolmentIntent(
  authority: FoundedAuthority,
  { ticket, mac, identity }: Awaited<ReturnType<typeof makeTicket>>,
  key: SoftKey,
  csr: Uint8Array,
) {
  const plan = decideEquipment({
    identity,
    subjectPublicKeyInfo: key.subjectPublicKeyInfo,
    rootPublicKeyInfo: await publicKey(authority, "equipment-root:1"),
    now: new Date(),
    serial: fresh(),
  });
  if (plan.kind !== "plan") throw new Error(plan.reason);
  const csrMac = enrolmentMac(ticket.codeKey, csr);
  const request = encodeEquipmentRequest({ version: 1, way: "enrolment", csr, ticket, csrMac });
  return { intent: intentOf(authority, "equipment", plan, { request, requestSignature: mac }), plan };
}

/** Has an intent MACed, records it and has it signed; throws unless all three succeed. */
export async function macRecordSign(authority: FoundedAuthority, intent: IntentFields): Promise<Uint8Array> {
  await macAndRecord(authority, intent);
  const signed = await socketFor(authority, intent).sign(intent.id, 1n);
  if (signed.kind !== "signed") throw new Error(JSON.stringify(signed));
  return signed.signature;
}

/** Has an intent MACed and records it; throws unless both succeed. */
export async function macAndRecord(authority: FoundedAuthority, intent: IntentFields): Promise<void> {
  const answer = await socketFor(authority, intent).macIntent(intent);
  if (answer.kind !== "mac") throw new Error(JSON.stringify(answer));
  await authority.record(intent, answer.mac);
}

function socketFor(authority: FoundedAuthority, { kind }: IntentFields): SignerClient | OperatorClient {
  return kind === "self-signed" || kind === "equipment-root" ? authority.operator : authority.client;
}

async function publicKey(authority: FoundedAuthority, label: string): Promise<Der<"SubjectPublicKeyInfo">> {
  const answer = await authority.client.publicKey(label);
  if (answer.kind !== "publicKey") throw new Error(JSON.stringify(answer));
  return brandDer(answer.spki);
}

/** A machine's certification request, signed with its key. */
export function requestFor(identity: EquipmentIdentity, key: SoftKey): Uint8Array {
  const info = encodeCertificationRequestInfo(equipmentSubject(identity), key.subjectPublicKeyInfo);
  return assembleCertificationRequest(info, "ecdsa-with-SHA256", sign("sha256", info, key.privateKey));
}

function intentOf(
  authority: FoundedAuthority,
  kind: IntentFields["kind"],
  plan: { readonly serial: string; readonly tbs: Uint8Array },
  asked: Partial<IntentFields>,
): IntentFields {
  const nobody = { request: null, requestSignature: null, requesterCertificate: null };
  const { serial, tbs } = plan;
  return {
    id: randomUUID(),
    authority: authority.definition.id,
    generation: 1,
    kind,
    serial,
    tbs,
    ...nobody,
    ...asked,
  };
}
