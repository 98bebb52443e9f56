import { type DerReader, readWhole } from "../der-reader.ts";
import { listOf } from "../extension-contents.ts";
import type { ObjectIdentifier } from "../object-identifier.ts";

/** The special policy that stands for every policy (RFC 5280 §4.2.1.4). */
export const anyPolicy = "2.5.29.32.0";

/** One pair of policyMappings: the issuer holds both for equal. */
export interface PolicyMapping {
  readonly issuerDomainPolicy: ObjectIdentifier;
  readonly subjectDomainPolicy: ObjectIdentifier;
}

/** How many certificates may follow before each demand holds; `undefined` where it is not made. */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

// Each function reads the DER of one extension's value and throws `MalformedDer` for anything else.

/** RFC 5280 §4.2.1.5: `SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }`. */
export function parsePolicyMappings(value: Uint8Array): readonly PolicyMapping[] {
  return listOf(value, (reader) => {
    const pair = reader.sequence();
    const mapping = { issuerDomainPolicy: pair.objectIdentifier(), subjectDomainPolicy: pair.objectIdentifier() };
    pair.finish();
    return mapping;
  });
}

/** RFC 5280 §4.2.1.11: `SEQUENCE { requireExplicitPolicy [0] INTEGER OPTIONAL, inhibitPolicyMapping [1] INTEGER OPTIONAL }`. */
export function parsePolicyConstraints(value: Uint8Array): PolicyConstraints {
  return readWhole(value, (reader) => {
    const fields = reader.sequence();
    if (fields.atEnd) fields.fail("policyConstraints without any");
    const requireExplicitPolicy = skipCerts(fields, 0x80);
    const inhibitPolicyMapping = skipCerts(fields, 0x81);
    fields.finish();
    return { requireExplicitPolicy, inhibitPolicyMapping };
  });
}

function skipCerts(fields: DerReader, identifier: number): number | undefined {
  return fields.startsWith(identifier) ? fields.smallInteger(identifier) : undefined;
}

/** RFC 5280 §4.2.1.14: `InhibitAnyPolicy ::= INTEGER (0..MAX)`. */
export function parseInhibitAnyPolicy(value: Uint8Array): number {
  return readWhole(value, (reader) => reader.smallInteger());
}
