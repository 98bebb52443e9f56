import { createHash, randomBytes, randomInt } from "node:crypto";
import { chibaAuthority } from "@mitome/ca";
import { openClient } from "@mitome/db/connection";
import {
  assembleOcspRequest,
  type Certificate,
  encodeTbsRequest,
  makeCertId,
  parseSerialNumber,
  type SerialNumber,
} from "@mitome/x509";
import { MUNICIPALITY } from "../../launcher/src/counter-side.ts";

/** Every so many-th certificate is revoked. */
const revokedEvery = 20;

/**
 * Puts certificates of residents numbered from `from` up to, but not with, `to` into the ledger, every twentieth revoked.
 * Speed: by the database's own user, without the foreign keys and the exclusion that hold by construction.
 */
export async function seedCertificates(postgresUrl: string, from: number, to: number): Promise<void> {
  const client = await openClient(postgresUrl);
  await client.query("set session_replication_role = replica");
  await client.query("alter table ca.certificate drop constraint if exists one_valid_certificate_a_resident");
  for (let at = from; at < to; at += mostAtOnce) {
    await client.query(insertCertificates, [
      chibaAuthority.id,
      at,
      Math.min(at + mostAtOnce, to) - 1,
      revokedEvery,
      MUNICIPALITY,
    ]);
  }
  await client.query(countRevoked, [chibaAuthority.id, MUNICIPALITY, Math.ceil(to / revokedEvery)]);
  // As autovacuum does in its time.
  await client.query("vacuum analyze ca.certificate");
  await client.query("checkpoint");
  await client.end();
}

const mostAtOnce = 1_000_000;

/** $1 authority, $2 first number, $3 last number, $4 how many there are to each revoked one. */
const insertCertificates = `
  insert into ca.certificate (authority, serial, generation, intent, municipality, not_before, not_after, state, ended_at,
    revocation_reason, revocation_cause, revocation_sequence)
  select $1::text, '4' || substr(md5('a' || n) || md5('b' || n), 1, 39), 1, gen_random_uuid(), $5::text,
    date_trunc('second', now()) - interval '1 year', date_trunc('second', now()) + interval '2 years',
    case when revoked then 'revoked' else 'valid' end, case when revoked then now() end,
    case when revoked then 'cessationOfOperation' end, case when revoked then 'cessationRequested' end,
    case when revoked then n / $4::bigint + 1 end
  from (select n, n % $4::bigint = 0 as revoked from generate_series($2::bigint, $3::bigint) as n) numbered`;

/** $1 authority, $2 municipality, $3 how many are revoked. */
const countRevoked = `
  insert into ca.crl_partition (authority, generation, partition, revocations) values ($1::text, 1, $2::text, $3::bigint)
  on conflict (generation, partition, authority) do update set revocations = excluded.revocations`;

/** What the ledger says of a certificate by its number. */
export function statusOf(number: number): "good" | "revoked" {
  return number % revokedEvery === 0 ? "revoked" : "good";
}

/** So many numbers of certificates, each once, anywhere among `all` of them. */
export function drawNumbers(count: number, all: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, all)) drawn.add(randomInt(all));
  return [...drawn];
}

/** The serial number of a certificate by its number. */
export function serialOf(number: number): SerialNumber {
  const hex = (letter: string) => createHash("md5").update(`${letter}${number}`).digest("hex");
  const serial = parseSerialNumber(`4${hex("a")}${hex("b")}`.slice(0, 40));
  if (serial === undefined) throw new Error(`no serial number of ${number}`);
  return serial;
}

/** The OCSP request for a certificate by its number, with a nonce of its own or without. */
export function requestFor(issuer: Certificate, number: number, nonce: "nonce" | "noNonce"): Uint8Array {
  const certIds = [makeCertId("sha1", issuer, serialOf(number))];
  return assembleOcspRequest(encodeTbsRequest({ certIds, ...(nonce === "nonce" && { nonce: randomBytes(32) }) }));
}
