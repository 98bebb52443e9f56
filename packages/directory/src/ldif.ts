/** The part of LDIF (RFC 2849) that is spoken to OpenLDAP's tools. Values are base64 always: nothing in them is read. */

/** An entry, or what replaces attributes of one. */
export interface LdifEntry {
  readonly dn: string;
  readonly attributes: readonly (readonly [name: string, value: string | Uint8Array])[];
}

/** A whole entry. */
export function encodeEntry({ dn, attributes }: LdifEntry): string {
  return `${line("dn", dn)}${attributes.map(([name, value]) => line(name, value)).join("")}\n`;
}

/** One change of one attribute of an existing entry; `replace` without values takes the attribute away. */
export function encodeChange(
  dn: string,
  change: "add" | "replace" | "delete",
  attribute: string,
  values: readonly (string | Uint8Array)[],
): string {
  const lines = values.map((value) => line(attribute, value)).join("");
  return `${line("dn", dn)}changetype: modify\n${change}: ${attribute}\n${lines}-\n\n`;
}

/** The end of an entry. */
export function encodeRemoval(dn: string): string {
  return `${line("dn", dn)}changetype: delete\n\n`;
}

function line(name: string, value: string | Uint8Array): string {
  const octets =
    typeof value === "string" ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.length);
  // ldapmodify takes no empty base64.
  return octets.length === 0 ? `${name}:\n` : `${name}:: ${octets.toString("base64")}\n`;
}

/** The values of one attribute in the answer of `ldapsearch -LLL -o ldif-wrap=no`. */
export function decodeValues(ldif: Buffer, attribute: string): Uint8Array[] {
  const values: Uint8Array[] = [];
  for (const text of ldif.toString("latin1").split("\n")) {
    if (!text.startsWith(`${attribute}:`)) continue;
    const value = text.slice(attribute.length + 1);
    values.push(value.startsWith(": ") ? Buffer.from(value.slice(2), "base64") : Buffer.from(value.slice(1), "latin1"));
  }
  return values;
}
