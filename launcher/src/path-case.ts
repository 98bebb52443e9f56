import { MalformedDer, type ObjectIdentifier } from "@mitome/x509";
import {
  anyPolicy,
  type PathGeneralName,
  type PathRequest,
  PathStore,
  parseSubtree,
  type RevocationMode,
} from "@mitome/x509/path";
import { addressOctets, addressRangeOctets } from "./address-octets.ts";

/** One line of standard input: the case's name and the question, or the complaint about the line. */
export type PathCase =
  | { readonly kind: "case"; readonly id: unknown; readonly request: PathRequest }
  | { readonly kind: "malformed"; readonly id: unknown; readonly message: string };

/** A line that is not a case of the protocol; the message names the field. */
class MalformedLine extends Error {
  override readonly name = "MalformedLine";
}

type Fields = Readonly<Record<string, unknown>>;

const known: ReadonlySet<string> = new Set([
  ...["id", "trustAnchors", "target", "intermediates", "crls", "time", "userInitialPolicySet", "initialExplicitPolicy"],
  ...["initialPolicyMappingInhibit", "initialAnyPolicyInhibit", "permittedSubtrees", "excludedSubtrees", "revocation"],
  ...["requiredEku", "dnsName", "ipAddress", "emailAddress"],
]);

/** Reads one line. A field that is not known is refused: a demand with a misspelt name would be none. */
export function readPathCase(line: string): PathCase {
  let id: unknown = null;
  try {
    const fields = readObject(line);
    id = fields.id ?? null;
    const unknownField = Object.keys(fields).find((name) => !known.has(name));
    if (unknownField !== undefined) throw new MalformedLine(`${JSON.stringify(unknownField)} is no field of a case`);
    return { kind: "case", id, request: readRequest(fields) };
  } catch (problem) {
    if (problem instanceof MalformedLine) return { kind: "malformed", id, message: problem.message };
    throw problem;
  }
}

function readObject(line: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new MalformedLine("the line is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MalformedLine("the line is not a JSON object");
  return { ...value };
}

function readRequest(fields: Fields): PathRequest {
  const store = new PathStore();
  for (const der of derList(fields, "intermediates")) store.addCertificate(der);
  for (const der of derList(fields, "crls")) store.addList(der);
  if (fields.trustAnchors === undefined) throw new MalformedLine("trustAnchors is missing");
  return {
    trustAnchors: derList(fields, "trustAnchors"),
    target: base64(fields.target, "target"),
    store,
    time: instant(fields.time),
    revocation: revocationMode(fields.revocation),
    userInitialPolicySet:
      fields.userInitialPolicySet === undefined ? [anyPolicy] : identifiers(fields, "userInitialPolicySet"),
    initialExplicitPolicy: flag(fields, "initialExplicitPolicy"),
    initialPolicyMappingInhibit: flag(fields, "initialPolicyMappingInhibit"),
    initialAnyPolicyInhibit: flag(fields, "initialAnyPolicyInhibit"),
    initialSubtrees: {
      permittedSubtrees: list(fields, "permittedSubtrees").map(subtree),
      excludedSubtrees: list(fields, "excludedSubtrees").map(subtree),
    },
    requiredEku: identifiers(fields, "requiredEku"),
    dnsName: optionalText(fields, "dnsName"),
    ipAddress: address(fields),
    emailAddress: optionalText(fields, "emailAddress"),
  };
}

function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value)) throw new MalformedLine(`${name} is not an array`);
  return value;
}

function derList(fields: Fields, name: string): readonly Uint8Array[] {
  return list(fields, name).map((value, index) => base64(value, `${name}[${index}]`));
}

function base64(value: unknown, name: string): Uint8Array {
  if (typeof value !== "string" || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value))
    throw new MalformedLine(`${name} is not base64`);
  return Buffer.from(value, "base64");
}

function identifiers(fields: Fields, name: string): readonly ObjectIdentifier[] {
  return list(fields, name).map((value) => {
    if (!isIdentifier(value)) throw new MalformedLine(`${name} holds ${JSON.stringify(value)}, no object identifier`);
    return value;
  });
}

function isIdentifier(value: unknown): value is ObjectIdentifier {
  return typeof value === "string" && /^[012](?:\.(?:0|[1-9][0-9]*))+$/.test(value);
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== "boolean") throw new MalformedLine(`${name} is neither true nor false`);
  return value;
}

function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new MalformedLine(`${name} is not text`);
}

/** RFC 3339 §5.6; a day or hour that does not exist is refused. */
function instant(value: unknown): Date {
  const form = /^\d{4}-(\d{2})-(\d{2})[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
  const parts = typeof value === "string" ? form.exec(value) : null;
  const time = new Date(parts === null ? Number.NaN : parts[0].replace(" ", "T").toUpperCase());
  const [, month, day] = parts ?? [];
  const isDay = Number(day) <= new Date(Date.UTC(Number(parts?.[0].slice(0, 4)), Number(month), 0)).getUTCDate();
  if (Number.isNaN(time.getTime()) || !isDay) throw new MalformedLine("time is not a time of RFC 3339");
  return time;
}

function revocationMode(value: unknown): RevocationMode {
  const mode = value ?? "required";
  if (mode === "required" || mode === "none" || mode === "if-available") return mode;
  throw new MalformedLine('revocation is none of "required", "none" and "if-available"');
}

function address(fields: Fields): Uint8Array | undefined {
  const text = optionalText(fields, "ipAddress");
  if (text === undefined) return undefined;
  return addressOctets(text) ?? malformed("ipAddress is no address of IPv4 or IPv6");
}

/**
 * A subtree: base64 of a GeneralSubtree or GeneralName in DER, or an object with one form as RFC 5280 names it:
 * `{"dNSName": "example.jp"}`, `{"rfc822Name": …}`, `{"uniformResourceIdentifier": …}`, `{"iPAddress": "192.0.2.0/24"}`.
 */
function subtree(value: unknown): PathGeneralName {
  if (typeof value === "string") return derSubtree(base64(value, "a subtree"));
  const [entry, ...more] = Object.entries(typeof value === "object" && value !== null ? value : {});
  const [form, text] = entry ?? [];
  if (typeof text !== "string" || more.length > 0)
    return malformed("a subtree is neither base64 nor one form and its text");
  if (form === "dNSName" || form === "rfc822Name" || form === "uniformResourceIdentifier") return { kind: form, text };
  if (form !== "iPAddress") return malformed(`a subtree of the form ${JSON.stringify(form)}: give it in DER`);
  return { kind: "iPAddress", octets: addressRangeOctets(text) ?? malformed("a subtree's iPAddress is no range") };
}

function derSubtree(der: Uint8Array): PathGeneralName {
  try {
    return parseSubtree(der);
  } catch (problem) {
    if (problem instanceof MalformedDer) return malformed(`a subtree is ${problem.message}`);
    throw problem;
  }
}

function malformed(message: string): never {
  throw new MalformedLine(message);
}
