import { chibaAuthority } from "@mitome/ca";
import { openClient } from "@mitome/db/connection";
import { holdCeremonies, startDatabase, startSigners } from "../../launcher/src/authority-side.ts";
import { makePlace } from "../../launcher/src/place.ts";
import { Processes } from "../../launcher/src/processes.ts";
import { runProgram, writeConfig } from "../../launcher/src/programs.ts";

/** An authority that only makes lists: its ledger and its signer, founded as the demonstration's is. */
export interface ListAuthority {
  readonly authority: string;
  readonly signerSocket: string;
  readonly postgres: number;
  /** URL of a role, such as `ca_app`. */
  url(role: string): string;
  signerPid(): number;
  /** Nothing is encoded or inspected any more: every list will cost what the first costs. */
  forgetStretches(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts database and signer on a place of their own, and founds the authority in its ledger. */
export async function startListAuthority(): Promise<ListAuthority> {
  const place = await makePlace();
  const processes = new Processes();
  const cluster = await startDatabase(place);
  const url = (role: string) => cluster.url(role, "mitome_ca");
  const stop = async (): Promise<void> => {
    await processes.stopAll();
    await cluster.stop();
    await place.clear();
  };
  try {
    const { softhsmConf } = await holdCeremonies(place);
    const sockets = await startSigners(place, processes, cluster, softhsmConf);
    const operator = await writeConfig(place, "operator", {
      authority: chibaAuthority.id,
      database: url("ca_owner"),
      signerSocket: sockets.signer,
      operatorSocket: sockets.operator,
      authorityDefinition: place.state("authority.json"),
      generation: 1,
      tls: { certificate: place.state("tls.pem"), key: place.state("tls.key"), root: place.state("root.pem") },
    });
    await runProgram("apps/ca/src/bootstrap.ts", operator);
    return {
      ...{ authority: chibaAuthority.id, signerSocket: sockets.signer, postgres: cluster.pid, url, stop },
      signerPid: () => processes.list().find(({ name }) => name === "signer")?.pid ?? -1,
      forgetStretches: async () => {
        await processes.stop("signer");
        const client = await openClient(url("postgres"));
        await client.query("truncate ca.crl_stretch");
        await client.end();
        await processes.start(processes.programOf("signer"));
      },
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/**
 * Replaces all certificates of residents by so many revoked ones, one municipality after the other in turn, as time
 * spreads revocations over them: serial numbers of 20 octets, the five reasons, ends in the years to come.
 */
export async function seedRevoked(
  { authority, url, forgetStretches }: ListAuthority,
  certificates: number,
  municipalities: readonly string[],
): Promise<void> {
  await forgetStretches();
  // The database's own user: foreign keys that hold by construction are not looked up a million times.
  const client = await openClient(url("postgres"));
  await client.query("set session_replication_role = replica");
  await client.query("delete from ca.certificate where state = 'revoked'");
  await client.query("vacuum ca.certificate");
  await client.query(insertRevoked, [authority, municipalities, 0, certificates]);
  await client.query(countRevoked, [authority]);
  // As autovacuum does in its time.
  await client.query("vacuum analyze ca.certificate");
  await client.query("checkpoint");
  await client.end();
}

/** Revokes so many more in each of these municipalities. */
export async function seedMoreRevoked(
  { authority, url }: ListAuthority,
  each: number,
  municipalities: readonly string[],
  before: number,
): Promise<void> {
  const client = await openClient(url("postgres"));
  await client.query("set session_replication_role = replica");
  await client.query(insertRevoked, [authority, municipalities, before, each * municipalities.length]);
  await client.query(countRevoked, [authority]);
  await client.end();
}

/** $1 authority, $2 municipalities, $3 revoked before in each, $4 how many. */
const insertRevoked = `
  insert into ca.certificate (authority, serial, generation, intent, municipality, not_before, not_after, state, ended_at,
    revocation_reason, revocation_cause, revocation_sequence)
  select $1::text, '4' || substr(encode(sha256(convert_to(concat($3::bigint, '/', n), 'UTF8')), 'hex'), 1, 39), 1,
    gen_random_uuid(), ($2::text[])[n % cardinality($2::text[]) + 1], now() - interval '3 years',
    now() + interval '1 day' + n * interval '1 minute', 'revoked', now() - interval '3 years' + n * interval '90 seconds',
    (array['keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation'])[n % 5 + 1],
    'cessationRequested', $3::bigint + n / cardinality($2::text[]) + 1
  from generate_series(0, $4::bigint - 1) n`;
const countRevoked = `
  insert into ca.crl_partition (authority, generation, partition, revocations)
  select authority, generation, partition, max(revocation_sequence) from ca.certificate
  where authority = $1::text and state = 'revoked' group by 1, 2, 3
  on conflict (generation, partition, authority) do update set revocations = excluded.revocations`;
