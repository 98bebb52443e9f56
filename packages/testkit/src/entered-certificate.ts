/** Certificates in the ledger, for tests of what comes after their issue. */
import { randomUUID } from "node:crypto";
import type { SerialNumber } from "@mitome/x509";
import type { RoleSql } from "./sql.ts";

/** A certificate of the authority's first key, as far as its status is concerned. */
export interface EnteredCertificate {
  readonly authority: string;
  readonly serial: SerialNumber;
  /** A municipality's code, or one of the partitions that are nobody's. */
  readonly partition: string;
  readonly notAfter: Date;
}

/** Enters a valid certificate past the use case, by the ledger's owner; it has no octets, and a subscriber of its own. */
export async function enterCertificate(owner: RoleSql, certificate: EnteredCertificate): Promise<void> {
  const { authority, serial, partition, notAfter } = certificate;
  const intent = randomUUID();
  const municipality = /^\d/.test(partition) ? partition : null;
  const subscriber = municipality === null ? null : serial;
  await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
    values (${intent}, ${authority}, 1, 'subscriber', ${serial}, '', '', 'signed', ${randomUUID()})`;
  await owner`insert into ca.certificate (authority, serial, generation, intent, subscriber_id, municipality, unique_name,
    of_authority, not_before, not_after, state) values (${authority}, ${serial}, 1, ${intent}, ${subscriber},
    ${municipality}, ${subscriber}, ${partition === "authority"}, ${new Date("2026-01-01T00:00:00Z")}, ${notAfter}, 'valid')`;
}

/** Revocations of a partition, one a second. */
export interface EnteredRevocations extends Omit<EnteredCertificate, "serial"> {
  readonly count: number;
}

/** Enters so many revoked certificates after those that a municipality has, by the ledger's owner. */
export async function enterRevocations(owner: RoleSql, revocations: EnteredRevocations): Promise<void> {
  const { authority, partition, notAfter, count } = revocations;
  const intent = randomUUID();
  await owner`insert into ca.crl_partition (authority, generation, partition) values (${authority}, 1, ${partition})
    on conflict do nothing`;
  await owner`insert into ca.signing_intent (id, authority, generation, kind, serial, tbs, mac, state, owner)
    values (${intent}, ${authority}, 1, 'subscriber', ${`40${intent.replaceAll("-", "")}`}, '', '', 'signed',
      ${randomUUID()})`;
  await owner`insert into ca.certificate (authority, serial, generation, intent, municipality, not_before, not_after,
      state, ended_at, revocation_reason, revocation_cause, revocation_sequence)
    select ${authority}::text, '4' || substr(encode(sha256(convert_to(concat(${intent}::text, n), 'UTF8')), 'hex'), 1, 39),
      1, ${intent}::uuid, ${partition}::text, timestamptz '2026-01-01', ${notAfter}::timestamptz, 'revoked',
      timestamptz '2026-01-02' + n * interval '1 second', 'superseded', 'renewed', revocations + n
    from ca.crl_partition, generate_series(1, ${count}::integer) n
    where generation = 1 and partition = ${partition} and authority = ${authority}`;
  await owner`update ca.crl_partition set revocations = revocations + ${count}::integer
    where generation = 1 and partition = ${partition} and authority = ${authority}`;
}
