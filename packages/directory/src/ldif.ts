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

/** The values of one attribute in the answer of `ldapsearch -LLL -o ldif-wrap=no` about one entry. */
export function decodeValues(ldif: Buffer, attribute: string): Uint8Array[] {
  const values: Uint8Array[] = [];
  for (const text of ldif.toString("latin1").split("\n"))
    if (text.startsWith(`${attribute}:`)) values.push(decodeValue(text.slice(attribute.length)));
  return values;
}

/**
 * Every attribute in such an answer about one entry, by its name in lower case without options such as `;binary`; names
 * and values of any length.
 */
export function decodeAttributes(ldif: Buffer): ReadonlyMap<string, readonly Uint8Array[]> {
  const attributes = new Map<string, Uint8Array[]>();
  for (let start = 0; start < ldif.length; ) {
    const end = ldif.indexOf("\n", start);
    const text = ldif.toString("latin1", start, end === -1 ? ldif.length : end);
    start = end === -1 ? ldif.length : end + 1;
    const [, name = ""] = /^([^:;]+)(?:;[^:]*)?:/.exec(text) ?? [];
    if (name === "") continue;
    const values = attributes.get(name.toLowerCase()) ?? [];
    values.push(decodeValue(text.slice(text.indexOf(":"))));
    attributes.set(name.toLowerCase(), values);
  }
  return attributes;
}

/** Entries of short text values in such an answer, each attribute with its values. */
export function decodeEntries(ldif: Buffer): ReadonlyMap<string, readonly string[]>[] {
  const entries = ldif
    .toString("latin1")
    .split("\n\n")
    .filter((text) => text.trim() !== "");
  return entries.map((text) => {
    const entry = new Map<string, string[]>();
    for (const [, name = "", value = ""] of text.matchAll(/^([^:\n]+)(:.*)$/gm))
      entry.set(name, [...(entry.get(name) ?? []), Buffer.from(decodeValue(value)).toString("utf8")]);
    return entry;
  });
}

/** What follows an attribute's name: a colon before text, two before base64. */
function decodeValue(text: string): Uint8Array {
  return text.startsWith("::") ? Buffer.from(text.slice(2), "base64") : Buffer.from(text.slice(1).trim(), "latin1");
}
