import type { ListPartition, ListPlan, ListSource } from "@mitome/ca";
import { batched } from "@mitome/db/batched";
import { PostgresListSource } from "@mitome/db/ca";
import { openPool, plannedOnce } from "@mitome/db/connection";
import type { IntentFields } from "@mitome/hsm/signer-client";
import { HsmUnavailable } from "@mitome/hsm/signer-client";
import type pg from "pg";

/** A row of ca.signing_intent with what else decides whether it may be signed, read in one statement. */
interface RecordedRow {
  readonly intent: IntentFields;
  readonly mac: Uint8Array;
  readonly state: string;
  readonly fence: bigint;
  readonly createdAt: Date;
  readonly activation: ActivationRow | undefined;
  /** Fingerprint of the requester's certificate when the ledger knows it and has not revoked it. */
  readonly livingRequester: string | undefined;
}

/** The newest epoch of an activation. */
export interface ActivationRow {
  readonly epoch: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly endedAt: Date | undefined;
}

/** Whether an activation lets its key sign at this instant; its end belongs to it no more. */
export function isActive(activation: ActivationRow | undefined, now: Date): activation is ActivationRow {
  return (
    activation !== undefined &&
    activation.endedAt === undefined &&
    activation.startsAt <= now &&
    now < activation.endsAt
  );
}

/** A row of ca.crl with the activation of its key. */
export interface ListRow {
  readonly partition: ListPartition;
  readonly plan: ListPlan;
  readonly tbsHash: Uint8Array | undefined;
  readonly state: string;
  readonly fence: bigint;
  readonly activation: ActivationRow | undefined;
}

/** What the signer reads, through its own role, which can do nothing but read. Each call may throw HsmUnavailable. */
export interface IntentLedger {
  readIntent(id: string): Promise<RecordedRow | undefined>;
  readList(id: string): Promise<ListRow | undefined>;
  /** The revocations that lists are made from. */
  readonly revocations: ListSource;
  /** Whether the ledger knows this equipment certificate and has not revoked it. */
  isLivingEquipment(fingerprint: string): Promise<boolean>;
  /** The newest activation of any key of the authority that is active now. */
  readActivations(authority: string): Promise<readonly ActivationRow[]>;
  close(): Promise<void>;
}

type Columns = {
  id: string;
  authority: string;
  generation: number;
  kind: IntentFields["kind"];
  serial: string;
  tbs: Uint8Array;
  request: Uint8Array | null;
  request_signature: Uint8Array | null;
  requester_certificate: Uint8Array | null;
  mac: Uint8Array;
  state: string;
  fence: number;
  created_at: Date;
  living_requester: string | null;
} & ActivationOrNone;

const connections = 2;
const together = { atOnce: connections, most: 32 } as const;

/** Opens the ledger; connections are made when needed and again after a loss. */
export function openIntentLedger(url: string): IntentLedger {
  const pool = openPool(url, connections, plannedOnce);
  const livingEquipment = batched(async (fingerprints: readonly string[]) => {
    const rows = await available<{ fingerprint: string }>(pool, livingEquipmentQuery, [fingerprints]);
    return new Map(rows.map(({ fingerprint }) => [fingerprint, true]));
  }, together);
  return {
    readIntent: batched(async (ids: readonly string[]) => {
      const rows = await available<Columns>(pool, intentsQuery, [ids]);
      return new Map(rows.map((row) => [row.id, rowOf(row)]));
    }, together),
    readList: async (id) => {
      const [row] = await available<ListColumns>(pool, listQuery, [id]);
      return row && listOf(row);
    },
    revocations: new PostgresListSource(pool),
    isLivingEquipment: async (fingerprint) => (await livingEquipment(fingerprint)) === true,
    readActivations: async (authority) => {
      const rows = await available<ActivationColumns>(pool, activationsQuery, [authority]);
      return rows.map(activationOf);
    },
    close: () => pool.end(),
  };
}

type ListColumns = {
  authority: string;
  generation: number;
  partition: string;
  number: number;
  this_update: Date;
  next_update: Date;
  next_publish: Date;
  through: number;
  kept_from: Date;
  tbs_hash: Uint8Array | null;
  state: string;
  fence: number;
} & ActivationOrNone;

type ActivationOrNone = { epoch: number | null; starts_at: Date | null; ends_at: Date | null; ended_at: Date | null };

const listQuery = {
  name: "list",
  text: `select l.authority, l.generation, l.partition, l.number, l.this_update, l.next_update, l.next_publish,
      l.through, l.kept_from, l.tbs_hash, l.state, l.fence, a.epoch, a.starts_at, a.ends_at, a.ended_at
    from ca.crl l
    left join lateral (
      select epoch, starts_at, ends_at, ended_at from ca.activation
      where authority = l.authority and generation = l.generation order by epoch desc limit 1
    ) a on true
    where l.id = $1::uuid`,
};

function listOf(row: ListColumns): ListRow {
  const { authority, generation, partition, number, through } = row;
  return {
    partition: { authority, generation, partition },
    plan: {
      ...{ number, through, thisUpdate: row.this_update, nextUpdate: row.next_update },
      ...{ nextPublish: row.next_publish, keptFrom: row.kept_from },
    },
    tbsHash: row.tbs_hash ?? undefined,
    state: row.state,
    fence: BigInt(row.fence),
    activation: activationOrNone(row),
  };
}

function activationOrNone({ epoch, starts_at, ends_at, ended_at }: ActivationOrNone): ActivationRow | undefined {
  if (epoch === null || starts_at === null || ends_at === null) return undefined;
  return activationOf({ epoch, starts_at, ends_at, ended_at });
}

type ActivationColumns = { epoch: number; starts_at: Date; ends_at: Date; ended_at: Date | null };

function activationOf(row: ActivationColumns): ActivationRow {
  return { epoch: row.epoch, startsAt: row.starts_at, endsAt: row.ends_at, endedAt: row.ended_at ?? undefined };
}

const livingEquipmentQuery = {
  name: "livingEquipment",
  text: `select fingerprint from ca.equipment_certificate
    where fingerprint = any($1::text[]) and revoked_at is null`,
};

const activationsQuery = {
  name: "activations",
  text: `select distinct on (generation) epoch, starts_at, ends_at, ended_at from ca.activation
    where authority = $1::text order by generation, epoch desc`,
};

// Equipment certificates are signed by the equipment root, which has no activation of its own: the authority's newest
// activation carries it.
const intentsQuery = {
  name: "intents",
  text: `select i.id, i.authority, i.generation, i.kind, i.serial, i.tbs, i.request, i.request_signature,
      i.requester_certificate, i.mac, i.state, i.fence, i.created_at,
      a.epoch, a.starts_at, a.ends_at, a.ended_at, e.fingerprint as living_requester
    from ca.signing_intent i
    left join lateral (
      select epoch, starts_at, ends_at, ended_at from ca.activation
      where authority = i.authority and (generation = i.generation or i.kind in ('equipment', 'equipment-root'))
      order by generation desc, epoch desc limit 1
    ) a on true
    left join ca.equipment_certificate e
      on e.fingerprint = encode(sha256(i.requester_certificate), 'hex') and e.revoked_at is null
    where i.id = any($1::uuid[])`,
};

function rowOf(row: Columns): RecordedRow {
  return {
    intent: {
      id: row.id,
      authority: row.authority,
      generation: row.generation,
      kind: row.kind,
      serial: row.serial,
      tbs: row.tbs,
      request: row.request,
      requestSignature: row.request_signature,
      requesterCertificate: row.requester_certificate,
    },
    mac: row.mac,
    state: row.state,
    fence: BigInt(row.fence),
    createdAt: row.created_at,
    activation: activationOrNone(row),
    livingRequester: row.living_requester ?? undefined,
  };
}

// A driver's error carries parameters and addresses: it ends here.
async function available<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  query: pg.QueryConfig,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    return (await pool.query<Row>({ ...query, values: [...values] })).rows;
  } catch {
    throw new HsmUnavailable("ledgerUnreachable");
  }
}
