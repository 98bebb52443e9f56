/** What a municipality reports of residents to a {@link RegisterDesk}, and what became of it in the ledger. */
import { applyRegisterChange, parseRegisterChange, type RegisterAuthority } from "@mitome/ca";
import { municipality, type RegisterDesk } from "./register-desk.ts";

/** The items that the desk's certificates have, and those after a change of address. */
export const certified = {
  name: "山田　花子",
  dateOfBirth: "319801231",
  gender: "2",
  address: "千葉県千葉市中央区市場町１－１",
};
export const moved = { ...certified, address: "千葉県千葉市美浜区真砂５－２" };

/** Reports to the desk that is open when each is made; every line has a name of its own. */
export function reportsTo(openDesk: () => RegisterDesk) {
  let sequence = 0;

  /** A line about this resident: a change of address in the register's second version, unless said otherwise. */
  function line(residentCode: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
    sequence += 1;
    const { items = moved, ...rest } = changes;
    const ends = ["died", "movedOut", "erased"].includes(String(rest.kind));
    const name = { version: 1, feed: "juki-121002", sequence, municipality, residentCode };
    const about = { registerVersion: 2, kind: "addressChanged", occurredOn: "2026-03-31" };
    return { ...name, ...about, ...(ends ? {} : { items }), ...rest };
  }

  async function apply(said: Record<string, unknown>, authority: RegisterAuthority = openDesk().authority) {
    const read = parseRegisterChange(said);
    if (read.kind === "malformed") throw new Error(read.field);
    return await applyRegisterChange(authority, openDesk().acting, read.change);
  }

  const work = async (said: Record<string, unknown>) =>
    await openDesk().owner<{ id: number; why: string; settled: string | null; change: object | null }>`
      select id, why, settled_as as settled, change from ca.register_work where sequence = ${said.sequence} order by id`;

  const events = async (kind: string, field: string, value: string) => {
    const rows = await openDesk().owner<{ detail: Record<string, unknown> }>`
      select detail from ca.audit_event where kind = ${kind} and detail ->> ${field} = ${value}`;
    return rows.map(({ detail }) => detail);
  };

  return { line, apply, work, events };
}
