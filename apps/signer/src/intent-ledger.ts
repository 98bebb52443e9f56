import { batched } from "@mitome/db/batched";
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

/** What the signer reads, through its own role, which can do nothing but read. Each call may throw HsmUnavailable. */
export interface IntentLedger {
  readIntent(id: string): Promise<RecordedRow | undefined>;
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
  epoch: number | null;
  starts_at: Date | null;
  ends_at: Date | null;
  ended_at: Date | null;
  living_requester: string | null;
};

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
    isLivingEquipment: async (fingerprint) => (await livingEquipment(fingerprint)) === true,
    readActivations: async (authority) => {
      const rows = await available<ActivationColumns>(pool, activationsQuery, [authority]);
      return rows.map(activationOf);
    },
    close: () => pool.end(),
  };
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
  const { epoch, starts_at, ends_at } = row;
  const activation =
    epoch === null || starts_at === null || ends_at === null
      ? undefined
      : activationOf({ epoch, starts_at, ends_at, ended_at: row.ended_at });
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
    activation,
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
