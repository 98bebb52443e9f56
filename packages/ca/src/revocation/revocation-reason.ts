/** Why certificates are revoked: five reasons, and what leads to each. */

/**
 * 千葉県運用規程 4-4-4-4-2, 7-2: the five reasons. Suspension (certificateHold) and its end are no reasons here, so
 * neither can be said (4-4-5); the others of RFC 5280 §5.3.1 are not used.
 */
export const revocationReasons = [
  "keyCompromise",
  "cACompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
] as const;
export type RevocationReason = (typeof revocationReasons)[number];

/** Who may have a certificate revoked. */
export type RevocationRequester =
  /** At a municipality's counter, identified by a clerk. */
  | "subscriberAtCounter"
  /** Online, with a signature of the certificate's own key (3-4-2). */
  | "subscriberOnline"
  /** The resident register, through a municipality. */
  | "register"
  /** The governor, ex officio (4-4-1-2). */
  | "governor"
  /** The authority itself, as part of another act. */
  | "authority";

interface Cause {
  readonly reason: RevocationReason;
  readonly requesters: readonly RevocationRequester[];
  readonly clause: string;
}

/** Every cause with its reason, and who may name it. */
const causes = {
  cessationRequested: {
    reason: "cessationOfOperation",
    requesters: ["subscriberAtCounter", "subscriberOnline"],
    clause: "4-4-2-1①",
  },
  // Not online: whoever has the key could then revoke with it (3-4-2).
  keyCompromiseReported: { reason: "keyCompromise", requesters: ["subscriberAtCounter"], clause: "4-4-2-1②" },
  registerChanged: { reason: "affiliationChanged", requesters: ["register"], clause: "4-4-1-1①" },
  died: { reason: "affiliationChanged", requesters: ["register"], clause: "4-4-1-1①" },
  movedOut: { reason: "affiliationChanged", requesters: ["register"], clause: "4-4-1-1①" },
  recordWrong: { reason: "affiliationChanged", requesters: ["governor"], clause: "4-4-1-1②" },
  doubleIssue: { reason: "cessationOfOperation", requesters: ["governor"], clause: "4-2-3, 4-4-1-1③" },
  authorityKeyCompromised: { reason: "cACompromise", requesters: ["governor"], clause: "4-4-1-1④" },
  renewed: { reason: "superseded", requesters: ["authority"], clause: "3-2" },
  neverDelivered: { reason: "cessationOfOperation", requesters: ["authority"], clause: "4-2-1" },
  crossCertificationEnded: { reason: "cessationOfOperation", requesters: ["governor"], clause: "4-10-1" },
  operationEnded: { reason: "cessationOfOperation", requesters: ["governor"], clause: "4-10-1" },
} as const satisfies Record<string, Cause>;

export type RevocationCause = keyof typeof causes;

/** Every cause there is. */
export const revocationCauses = Object.keys(causes) as readonly RevocationCause[];

/** The reason that a certificate gets for a cause; `undefined` when this requester cannot name it. */
export function reasonFor(cause: RevocationCause, requester: RevocationRequester): RevocationReason | undefined {
  const { reason, requesters }: Cause = causes[cause];
  return requesters.includes(requester) ? reason : undefined;
}
