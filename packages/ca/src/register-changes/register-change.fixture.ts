import type { CertifiedItems } from "../issuance-request.ts";
import type { LivingCertificate } from "./decide-register-change.ts";
import { parseRegisterChange, type RegisterChange, type RegisteredItems } from "./register-change.ts";

/** The items of a resident who exists nowhere. */
export const registeredItems: RegisteredItems = {
  name: "山田　花子",
  dateOfBirth: "319801231",
  gender: "2",
  address: "千葉県千葉市中央区市場町１－１",
};

/** A line of a feed as JSON has it: a change of address, with other fields in place of its own. */
export function changeLine(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const items = { ...registeredItems, address: "千葉県千葉市美浜区真砂５－２" };
  const name = { version: 1, feed: "juki-121002", sequence: 1, municipality: "121002", residentCode: "24727059608" };
  return { ...name, registerVersion: 2, kind: "addressChanged", occurredOn: "2026-11-20", items, ...changes };
}

/** The line of somebody whose record ended. */
export function endLine(kind: "died" | "movedOut" | "erased", changes: Record<string, unknown> = {}) {
  const { items: _, ...line } = changeLine({ kind, ...changes });
  return line;
}

/** The change that a line says; throws when it is malformed. */
export function changeOf(line: Record<string, unknown>): RegisterChange {
  const read = parseRegisterChange(line);
  if (read.kind === "malformed") throw new Error(`malformed ${read.field}`);
  return read.change;
}

/** Items as a certificate has them; `marks` says at which characters of the name substitutes stand. */
export function certifiedItems(items: RegisteredItems = registeredItems, marks = ""): CertifiedItems {
  const none = (text: string) => "0".repeat([...text].length);
  return { ...items, nameSubstitutions: marks || none(items.name), addressSubstitutions: none(items.address) };
}

/** A valid certificate of 千葉市, issued from the register's first version. */
export function livingCertificate(
  serial: LivingCertificate["serial"],
  changes: Partial<LivingCertificate> = {},
): LivingCertificate {
  const issued = { municipality: "121002", registerVersion: 1, state: "issued" } as const;
  return { serial, ...issued, items: certifiedItems(), ...changes };
}
