import { keptOf, type ListExtent, type ListPartition } from "@mitome/ca";
import type pg from "pg";
import { readRows } from "./ledger-connection.ts";
import { PostgresListSource } from "./list-source.ts";

/** A list's octets as the ledger has them: its own, and between the first of these and the others the stretches. */
export interface KeptList extends ListExtent {
  readonly id: string;
  readonly partition: ListPartition;
}

/** $1 list, $2 part. */
const ownPart = "select octets from ca.crl_part where list = $1::uuid and part = $2::integer";

/** A list's TBSCertList, piece by piece; whether it is what was recorded is for the caller to see. */
export async function* listParts(pool: pg.Pool, list: KeptList): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part += 1) {
    const [own] = await readRows<{ octets: Uint8Array }>(pool, ownPart, [list.id, part]);
    if (own === undefined) return;
    yield own.octets;
    if (part > 0) continue;
    for await (const stretch of new PostgresListSource(pool).readStretches(list.partition, list)) {
      yield* keptOf(stretch, list);
    }
  }
}
