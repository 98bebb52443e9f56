/** How often verifiers were given something, as `access_reader` counts it. */
import { type AccessMethod, accessMethods, type ReportPeriod, type UseCount } from "@mitome/ca";
import { openPool } from "../connection.ts";

const uses = `
  select verifier, month, method, uses from access.monthly_use
  where authority = $1::text and month between $2::text and $3::text`;

interface UseRow {
  readonly verifier: string;
  readonly month: string;
  readonly method: AccessMethod;
  readonly uses: number;
}

const methods = Object.keys(accessMethods);

/** An authority's counts of some months, by verifier, month and method. What responders have not stored yet is not in them. */
export async function readUseCounts(
  url: string,
  authority: string,
  { from, to }: ReportPeriod,
): Promise<readonly UseCount[]> {
  const pool = openPool(url, 1);
  try {
    const { rows } = await pool.query<UseRow>(`${uses} order by verifier, month, array_position($4::text[], method)`, [
      ...[authority, from, to],
      methods,
    ]);
    return rows.map(({ verifier: verifierId, month, method, uses: count }) => ({ verifierId, month, method, count }));
  } finally {
    await pool.end();
  }
}
