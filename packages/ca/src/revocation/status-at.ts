import { hasEnded } from "../validity.ts";
import type { Revocation } from "./decide-revocation.ts";

/** A certificate's whole life as far as its status is concerned. */
export interface CertificateLife {
  readonly state: "pending" | "valid" | "revoked" | "discarded";
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revocation: Revocation | undefined;
}

/** 有効, 失効 or 不明 (千葉県運用規程 4-4-4-2). */
export type StatusAt =
  | { readonly status: "good" }
  | ({ readonly status: "revoked" } & Revocation)
  | { readonly status: "unknown"; readonly because: "notSigned" | "notIssuedYet" | "ended" };

/** What was true of a certificate at a time, and what the OCSP responder said then; every second of `notAfter` is in it. */
export function statusAt({ state, notBefore, notAfter, revocation }: CertificateLife, time: Date): StatusAt {
  if (state === "pending" || state === "discarded") return { status: "unknown", because: "notSigned" };
  if (time < notBefore) return { status: "unknown", because: "notIssuedYet" };
  if (hasEnded(notAfter, time)) return { status: "unknown", because: "ended" };
  return revocation !== undefined && revocation.revokedAt <= time
    ? { status: "revoked", ...revocation }
    : { status: "good" };
}
