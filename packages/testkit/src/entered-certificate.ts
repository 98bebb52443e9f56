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
