import type { DerReader } from "../der-reader.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";
import { type PathName, readPathName } from "./path-name.ts";

/** A GeneralName of whatever authority (RFC 5280 §4.2.1.6). */
export type PathGeneralName =
  | { readonly kind: "rfc822Name" | "dNSName" | "uniformResourceIdentifier"; readonly text: string }
  | { readonly kind: "directoryName"; readonly name: PathName }
  | { readonly kind: "iPAddress"; readonly octets: Uint8Array }
  | { readonly kind: "otherName"; readonly typeId: ObjectIdentifier; readonly encoded: Uint8Array }
  | { readonly kind: "x400Address" | "ediPartyName" | "registeredID"; readonly encoded: Uint8Array };

/** The form of a general name. */
export type GeneralNameForm = PathGeneralName["kind"];

/** Reads general names up to the end of `reader`: one at least. */
export function readPathGeneralNames(reader: DerReader): readonly PathGeneralName[] {
  if (reader.atEnd) reader.fail("an empty list of names");
  const names: PathGeneralName[] = [];
  while (!reader.atEnd) names.push(readPathGeneralName(reader));
  return names;
}

/** Reads the next general name. */
export function readPathGeneralName(reader: DerReader): PathGeneralName {
  const start = reader.offset;
  if (reader.startsWith(0x81)) return { kind: "rfc822Name", text: reader.ia5String(0x81) };
  if (reader.startsWith(0x82)) return { kind: "dNSName", text: reader.ia5String(0x82) };
  if (reader.startsWith(0x86)) return { kind: "uniformResourceIdentifier", text: reader.ia5String(0x86) };
  if (reader.startsWith(0x87)) return { kind: "iPAddress", octets: reader.contents(0x87) };
  if (reader.startsWith(0xa4)) {
    const choice = reader.enter(0xa4);
    const name = readPathName(choice);
    choice.finish();
    return { kind: "directoryName", name };
  }
  if (reader.startsWith(0xa0)) {
    const typeId = reader.enter(0xa0).objectIdentifier();
    return { kind: "otherName", typeId, encoded: reader.since(start) };
  }
  for (const [identifier, kind] of uninterpreted) {
    if (reader.startsWith(identifier)) return { kind, encoded: reader.any() };
  }
  return reader.fail("a general name of no known form");
}

const uninterpreted = [
  [0xa3, "x400Address"],
  [0xa5, "ediPartyName"],
  [0x88, "registeredID"],
] as const;

/** What two general names are compared by where they are labels, as of distribution points (RFC 5280 §6.3.3 (b)(2)). */
export function generalNameKey(name: PathGeneralName): string {
  switch (name.kind) {
    case "directoryName":
      return directoryNameKey(name.name.key);
    case "iPAddress":
      return `${name.kind}:${Buffer.from(name.octets).toString("hex")}`;
    case "otherName":
    case "x400Address":
    case "ediPartyName":
    case "registeredID":
      return `${name.kind}:${Buffer.from(name.encoded).toString("hex")}`;
    case "uniformResourceIdentifier":
      // RFC 5280 §7.4: scheme and host are compared without regard to case, the rest exactly.
      return `${name.kind}:${name.text.replace(/^[^:/?#]*:(?:\/\/[^/?#]*)?/, (head) => head.toLowerCase())}`;
    case "dNSName":
      return `${name.kind}:${name.text.toLowerCase()}`;
    case "rfc822Name":
      // RFC 5280 §7.5: the host without regard to case, the local part exactly.
      return `${name.kind}:${name.text.replace(/@[^@]*$/, (host) => host.toLowerCase())}`;
  }
}

/** `generalNameKey` of a directoryName with this name key. */
export function directoryNameKey(nameKey: string): string {
  return `directoryName:${nameKey}`;
}
