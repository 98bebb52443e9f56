/** A ledger with something to publish, entered as its owner: an authority on soft keys, certificates and signed lists. */
import { createHash, randomUUID, sign } from "node:crypto";
import { type ListContext, type ListEntry, type ListPlan, listContent, suiteOf } from "@mitome/ca";
import { enterAuthority } from "@mitome/db/ca";
import { openPool } from "@mitome/db/connection";
import { frameCertificateList, parseCertificate, signatureAlgorithms } from "@mitome/x509";
import type { SoftAuthority } from "./soft-authority.ts";
import type { RoleSql } from "./sql.ts";

const hour = 3_600_000;

/** Enters the authority with its one key; `url` is ca_owner's. */
export async function enterSoftAuthority(url: string, { definition, generation, selfSigned }: SoftAuthority) {
  const owner = openPool(url, 1);
  const { number, subjectPublicKeyInfo: publicKey } = generation;
  await enterAuthority(owner, definition, [
    { purpose: "residents", number, label: "soft", publicKey, certificate: selfSigned },
  ]);
  await owner.end();
}

/** Enters a certificate, of whatever subject, as one of the authority's operational ones. */
export async function enterOperationalCertificate(
  owner: RoleSql,
  { definition }: SoftAuthority,
  certificate: Uint8Array,
): Promise<void> {
  const { serialNumber: serial, validity } = parseCertificate(certificate);
  const intent = randomUUID();
  await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
    values (${intent}, ${definition.id}, 1, 'ocsp-responder', ${serial}, '', '', 'signed', ${randomUUID()})`;
  await owner`insert into ca.certificate (authority, serial, generation, intent, not_before, not_after, state)
    values (${definition.id}, ${serial}, 1, ${intent}, ${validity.notBefore}, ${validity.notAfter}, 'valid')`;
  await owner`insert into ca.certificate_content (authority, serial, certificate)
    values (${definition.id}, ${serial}, ${certificate})`;
}

/** A list to be signed: of the authority's first key, valid for three days from `thisUpdate`. */
export interface LedgerList {
  readonly partition: string;
  readonly number: number;
  readonly thisUpdate: Date;
  /** Fewer than fill a stretch. */
  readonly entries?: readonly Omit<ListEntry, "notAfter">[];
}

/** Signs the list, enters it and wants it published. Resolves with its DER. */
export async function enterSoftList(
  owner: RoleSql,
  { definition, generation, key }: SoftAuthority,
  { partition, number, thisUpdate, entries = [] }: LedgerList,
): Promise<Uint8Array> {
  const authority = definition.id;
  const plan: ListPlan = {
    ...{ number, thisUpdate, through: entries.length, keptFrom: thisUpdate },
    nextUpdate: new Date(thisUpdate.getTime() + 72 * hour),
    nextPublish: new Date(thisUpdate.getTime() + 24 * hour),
  };
  const context = { definition, generation, partition: { authority, generation: generation.number, partition }, plan };
  const tbs = await tbsOf(context, entries);
  const algorithm = suiteOf(definition).signatureAlgorithm;
  const signature = sign(signatureAlgorithms[algorithm].digest, tbs, key.privateKey);
  const id = randomUUID();
  await owner`insert into ca.crl_partition (authority, generation, partition)
    values (${authority}, ${generation.number}, ${partition}) on conflict do nothing`;
  await owner`insert into ca.crl_part (list, part, octets) values (${id}, 0, ${tbs})`;
  await owner`insert into ca.crl (id, authority, generation, partition, number, this_update, next_update, next_publish,
      through, kept_from, entries, tbs_hash, state, owner, signature)
    values (${id}, ${authority}, ${generation.number}, ${partition}, ${number}, ${thisUpdate}, ${plan.nextUpdate},
      ${plan.nextPublish}, ${entries.length}, ${thisUpdate}, ${entries.length},
      ${createHash("sha256").update(tbs).digest()}, 'signed', ${randomUUID()}, ${signature})`;
  await owner`insert into ca.publication (authority, object, generation, partition)
    values (${authority}, 'list', ${generation.number}, ${partition})
    on conflict (object, generation, partition, authority) do update set wanted = publication.wanted + 1`;
  const { before, after } = frameCertificateList(tbs.length, algorithm, signature);
  return Buffer.concat([before, tbs, after]);
}

async function tbsOf(context: ListContext, listed: LedgerList["entries"] = []): Promise<Uint8Array> {
  const entries = listed.map((entry) => ({ ...entry, notAfter: context.plan.nextUpdate }));
  const { head, tail } = await listContent(context, {
    countOwed: async () => entries.length,
    readRevocations: async () => entries,
    async *readEnds() {},
    async *readStretches() {},
  });
  return Buffer.concat([head, tail]);
}
