import type { SerialNumber } from "@mitome/x509";
import { reasonFor } from "../revocation/revocation-reason.ts";
import type { RegisterRevocation } from "./decide-register-change.ts";

/**
 * 千葉県運用規程 4-2-3: of one person's certificates that are valid together all but the oldest are revoked. Of two issued
 * in the same second the one with the smaller serial number stays; there is no other difference between them.
 */
export function decideDoubleIssue(
  certificates: readonly { readonly serial: SerialNumber; readonly notBefore: Date }[],
): readonly RegisterRevocation[] {
  const cause = "doubleIssue";
  const requester = "governor";
  const reason = reasonFor(cause, requester);
  if (reason === undefined) throw new Error("the governor names a double issue");
  const [, ...newer] = certificates.toSorted(
    (one, other) => one.notBefore.getTime() - other.notBefore.getTime() || (one.serial < other.serial ? -1 : 1),
  );
  return newer.map(({ serial }) => ({ serial, cause, requester, reason }));
}
