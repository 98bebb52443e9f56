import { brandDer, type Der } from "./der.ts";
import type { DerReader } from "./der-reader.ts";
import {
  contextConstructed,
  contextPrimitive,
  ia5Contents,
  objectIdentifier,
  sequence,
  utf8String,
} from "./der-writer.ts";
import { type DistinguishedName, encodeName, readName } from "./distinguished-name.ts";
import type { ObjectIdentifier } from "./object-identifier.ts";

/** Those forms of GeneralName that this system writes; any other is kept as it came. */
export type GeneralName =
  | { readonly kind: "otherName"; readonly typeId: ObjectIdentifier; readonly text: string }
  | { readonly kind: "directoryName"; readonly name: DistinguishedName }
  | { readonly kind: "dNSName"; readonly name: string }
  | { readonly kind: "uniformResourceIdentifier"; readonly uri: string }
  | { readonly kind: "uninterpreted"; readonly encoded: Uint8Array };

/**
 * ```asn1
 * GeneralName ::= CHOICE {                       -- RFC 5280 §4.2.1.6
 *   otherName                  [0] OtherName,    -- here always with a UTF8String
 *   dNSName                    [2] IA5String,
 *   directoryName              [4] Name,         -- EXPLICIT, Name being a CHOICE
 *   uniformResourceIdentifier  [6] IA5String, … }
 * OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }
 * ```
 */
export function encodeGeneralName(generalName: GeneralName): Uint8Array {
  switch (generalName.kind) {
    case "otherName":
      return contextConstructed(
        0,
        objectIdentifier(generalName.typeId),
        contextConstructed(0, utf8String(generalName.text)),
      );
    case "dNSName":
      return contextPrimitive(2, ia5Contents(generalName.name));
    case "directoryName":
      return contextConstructed(4, encodeName(generalName.name));
    case "uniformResourceIdentifier":
      return contextPrimitive(6, ia5Contents(generalName.uri));
    case "uninterpreted":
      return generalName.encoded;
  }
}

/** GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName. */
export function encodeGeneralNames(names: readonly GeneralName[]): Der<"GeneralNames"> {
  return brandDer(sequence(...names.map(encodeGeneralName)));
}

/** Reads the general names up to the end of `reader`: one at least. */
export function readGeneralNames(reader: DerReader): readonly GeneralName[] {
  if (reader.atEnd) reader.fail("an empty list of names");
  const names: GeneralName[] = [];
  while (!reader.atEnd) names.push(readGeneralName(reader));
  return names;
}

function readGeneralName(reader: DerReader): GeneralName {
  if (reader.startsWith(0x82)) return { kind: "dNSName", name: reader.ia5String(0x82) };
  if (reader.startsWith(0x86)) return { kind: "uniformResourceIdentifier", uri: reader.ia5String(0x86) };
  if (reader.startsWith(0xa4)) {
    const choice = reader.enter(0xa4);
    const { name } = readName(choice);
    choice.finish();
    return { kind: "directoryName", name };
  }
  if (!reader.startsWith(0xa0)) return { kind: "uninterpreted", encoded: reader.any() };
  const start = reader.offset;
  const otherName = reader.enter(0xa0);
  const typeId = otherName.objectIdentifier();
  const value = otherName.enter(0xa0);
  otherName.finish();
  if (!value.startsWith(0x0c)) return { kind: "uninterpreted", encoded: reader.since(start) };
  const text = value.utf8String();
  value.finish();
  return { kind: "otherName", typeId, text };
}
