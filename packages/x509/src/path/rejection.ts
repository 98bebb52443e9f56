/** Every reason for which no valid path is found, with the clause that makes it one. */
const clauses = {
  malformedCertificate: "RFC 5280 §4.1",
  emptyIssuer: "RFC 5280 §4.1.2.4",
  badSignature: "RFC 5280 §6.1.3 (a)(1)",
  unsupportedAlgorithm: "RFC 5280 §6.1.3 (a)(1)",
  unusableKey: "RFC 5280 §6.1.4 (d), §6.1.5 (c)",
  notYetValid: "RFC 5280 §6.1.3 (a)(2)",
  expired: "RFC 5280 §6.1.3 (a)(2)",
  revoked: "RFC 5280 §6.1.3 (a)(3)",
  revocationUndetermined: "RFC 5280 §6.3.3",
  issuerNameMismatch: "RFC 5280 §6.1.3 (a)(4)",
  nameNotPermitted: "RFC 5280 §6.1.3 (b)",
  nameExcluded: "RFC 5280 §6.1.3 (c)",
  nameNotUnderstood: "RFC 5280 §4.2.1.10",
  noValidPolicy: "RFC 5280 §6.1.3 (f)",
  anyPolicyMapped: "RFC 5280 §6.1.4 (a)",
  notCertificationAuthority: "RFC 5280 §6.1.4 (k)",
  pathTooLong: "RFC 5280 §6.1.4 (l)",
  noCertificateSigning: "RFC 5280 §6.1.4 (n)",
  unknownCriticalExtension: "RFC 5280 §6.1.4 (o), §6.1.5 (f)",
  noAcceptablePolicy: "RFC 5280 §6.1.5 (g)",
  extendedKeyUsage: "RFC 5280 §4.2.1.12",
  targetNameMismatch: "RFC 5280 §4.2.1.6",
  loop: "RFC 5280 §6.1",
  noIssuer: "RFC 5280 §6.1",
  budgetExhausted: "RFC 5280 §6.1",
} as const;

/** Why a certificate or path was not accepted. */
export type RejectionReason = keyof typeof clauses;

/** A refusal: which rule of which clause, and a sentence for people; `certificate` is the subject it is about. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly clause: string;
  readonly message: string;
  readonly certificate: string | undefined;
}

/** A rejection for this reason. */
export function reject(reason: RejectionReason, message: string, certificate?: string): Rejection {
  return { reason, clause: clauses[reason], message, certificate };
}

/** Whether it says that an answer was not found, rather than that it is no. */
export function isUndetermined({ reason }: Rejection): boolean {
  return reason === "revocationUndetermined" || reason === "budgetExhausted";
}
