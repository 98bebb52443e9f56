import type { RoleSql } from "./sql.ts";

/** Has the brake let every municipality's revocations go, as two people would: for what is not about the brake. By ca_owner. */
export async function letRevocationsGo(owner: RoleSql): Promise<void> {
  await owner`insert into ca.revocation_release (authority, municipality, first, second, because, released_at, until)
    select authority, code, 'sato', 'suzuki', 'a test', '2000-01-01T00:00:00Z', '2100-01-01T00:00:00Z'
    from ca.municipality`;
}
