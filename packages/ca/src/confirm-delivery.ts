/** How an attempt ends: the certificate was read back from its card, or the municipality gives the attempt up. */
import { createHash } from "node:crypto";
import { parseSerialNumber } from "@mitome/x509";
import { actingFor, type Call } from "./caller.ts";
import { attemptKey } from "./card-case.ts";
import type { Attempt, EndReason, Refused } from "./certification-authority.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import { IssuanceUnderWay } from "./ports.ts";

/** 千葉県運用規程 4-3: the certificate is on the card when what the card holds is the certificate, octet for octet. */
export async function confirmDelivery(
  authority: IssuingAuthority,
  call: Call,
  delivery: Attempt & { readonly serial: string; readonly readBackHash: Uint8Array },
): Promise<{ readonly kind: "delivered" } | Refused<"caseNotOpen" | "notThisCertificate">> {
  const { ledger } = authority;
  const key = attemptKey(authority, call, delivery);
  const where = { case: key.caseId, attempt: key.attempt };
  const serial = parseSerialNumber(delivery.serial);
  const attempt = await ledger.readAttempt(key);
  const refuse = async <Reason extends "caseNotOpen" | "notThisCertificate">(reason: Reason) => {
    const detail = { ...where, reason };
    await ledger.recordEvent(actingFor(call), { kind: "certificate.deliveryRefused", result: "refused", detail });
    return { kind: "refused", reason } as const;
  };
  if (attempt?.state !== "issued" && attempt?.state !== "delivered") return await refuse("caseNotOpen");
  if (serial === undefined || attempt.serial !== serial) return await refuse("notThisCertificate");
  const stored = await ledger.readCertificate(key.authority, serial);
  const digest = stored && createHash("sha256").update(stored.certificate).digest();
  if (digest === undefined || Buffer.compare(digest, delivery.readBackHash) !== 0) {
    return await refuse("notThisCertificate");
  }
  if (attempt.state === "delivered") return { kind: "delivered" };
  const event = { kind: "certificate.delivered", result: "done", detail: { serial, ...where } } as const;
  if (await ledger.confirmDelivery(actingFor(call), key, serial, event)) return { kind: "delivered" };
  throw new IssuanceUnderWay("the attempt moved");
}

/**
 * Gives an attempt up, which a new key pair needs. What was recorded and not yet signed is discarded; a certificate that
 * never reached its card is revoked in the same act, so that the resident may have the next.
 */
export async function endAttempt(
  authority: IssuingAuthority,
  call: Call,
  ending: Attempt & { readonly reason: EndReason },
): Promise<{ readonly kind: "ended" } | Refused<"caseNotOpen" | "alreadyDelivered">> {
  const key = attemptKey(authority, call, ending);
  const attempt = await authority.ledger.readAttempt(key);
  if (attempt === undefined) return { kind: "refused", reason: "caseNotOpen" };
  const { state, serial } = attempt;
  if (state === "delivered") return { kind: "refused", reason: "alreadyDelivered" };
  if (state === "ended" || state === "refused") return { kind: "ended" };
  const certificate = { open: "none", requested: "discarded", issued: "revoked" }[state];
  const detail = { case: key.caseId, attempt: key.attempt, reason: ending.reason, serial: serial ?? null, certificate };
  const event = { kind: "case.ended", result: "done", detail } as const;
  const ended = await authority.ledger.endAttempt(actingFor(call), key, state, ending.reason, event);
  if (!ended) throw new IssuanceUnderWay("the attempt moved");
  return { kind: "ended" };
}
