/** 千葉県運用規程 2-1-2(8)(9), 4-4-1-1: what a change of a resident's record does to the certificates. */
import type { SerialNumber } from "@mitome/x509";
import type { CertifiedItems } from "../issuance-request.ts";
import { japaneseDay } from "../japanese-calendar.ts";
import { isFarAhead } from "../register-version.ts";
import {
  type RevocationCause,
  type RevocationReason,
  type RevocationRequester,
  reasonFor,
} from "../revocation/revocation-reason.ts";
import { compareCertifiedItems } from "./compare-certified-items.ts";
import { type ChangeOfSubscriber, changeDigest, changesOfItems, endsOfRecord } from "./register-change.ts";

/** A certificate of the subscriber that is neither revoked nor expired. `pending`: recorded, and not yet signed for certain. */
export interface LivingCertificate {
  readonly serial: SerialNumber;
  readonly municipality: string;
  readonly items: CertifiedItems;
  /** Version of the register that its issuance was checked against. */
  readonly registerVersion: number;
  readonly state: "issued" | "pending";
}

/** What the ledger knows when a change arrives. */
export interface KnownOfSubscriber {
  /**
   * `changeDigest` of the change recorded under the same feed and sequence; `undefined` also when a change that was set
   * aside is decided again.
   */
  readonly sameChange: Uint8Array | undefined;
  /** The newest register version that a change or an issuance brought; `undefined` when the subscriber is unknown. */
  readonly registerVersion: number | undefined;
  readonly certificates: readonly LivingCertificate[];
}

/** One certificate to be revoked, and why. */
export interface RegisterRevocation {
  readonly serial: SerialNumber;
  readonly cause: RevocationCause;
  readonly requester: RevocationRequester;
  readonly reason: RevocationReason;
}

/** Why a person has to look at a change. */
export type WorkListReason =
  /** The line could not be read; it stays in its file. */
  | "malformedLine"
  /** No subscriber of ours. The version is kept all the same: an application checked before it must not be granted. */
  | "noSubscriber"
  /** Sent before under the same name, with other content. */
  | "differentContentUnderSameName"
  /** Not of the municipality whose certificate it is. */
  | "municipalityDiffers"
  /** More than one valid certificate (4-2-3). */
  | "severalCertificates"
  /** Only ways of writing differ, or a substitute character cannot be told: perhaps no change at all. */
  | "unclearDifference"
  /** To be decided again when the certificate is issued or given up. */
  | "issuanceUnderWay"
  /** To be decided again on its day: moving out is announced in advance. */
  | "occursLater"
  /** A version that no record can have reached; it is not taken. */
  | "versionFarAhead"
  /** So many of a municipality's certificates in a day that two people have to approve it. */
  | "waitsForTwoApprovers"
  /** Two people did not let it go through with the others: it is looked at by itself. */
  | "releaseDeclined";

/**
 * What becomes of a change: always exactly one of these, and each is recorded. `registerVersion` is what the ledger keeps
 * with the subscriber from now on, so that no certificate is issued from an older record; `older` is a change from before
 * the certificate, which was issued knowing it.
 */
export type RegisterChangeOutcome =
  | {
      readonly kind: "revoke";
      readonly revocations: readonly [RegisterRevocation, ...RegisterRevocation[]];
      readonly registerVersion: number;
    }
  | { readonly kind: "nothingToRevoke"; readonly registerVersion: number | undefined }
  | { readonly kind: "alreadyKnown" }
  | { readonly kind: "older"; readonly registerVersion: number }
  | SetAside;

interface SetAside {
  readonly kind: "workList";
  readonly why: WorkListReason;
  readonly registerVersion: number | undefined;
}

/** Sets something aside for a person to look at. */
export function setAside(why: WorkListReason, registerVersion?: number): SetAside {
  return { kind: "workList", why, registerVersion };
}

/**
 * Decides one change by what is known at `now`. Changes may come in any order: each is held against the version that the
 * certificate was issued from, so that the same ones revoke it whichever arrives first.
 */
export function decideRegisterChange(
  change: ChangeOfSubscriber,
  known: KnownOfSubscriber,
  now: Date,
): RegisterChangeOutcome {
  if (known.sameChange !== undefined) {
    const same = Buffer.compare(known.sameChange, changeDigest(change)) === 0;
    return same ? { kind: "alreadyKnown" } : setAside("differentContentUnderSameName", known.registerVersion);
  }
  // Until its day nothing has changed, and a certificate issued meanwhile has to be found on that day.
  if (change.occurredOn > japaneseDay(now)) return setAside("occursLater", known.registerVersion);
  if (isFarAhead(change.registerVersion, known.registerVersion))
    return setAside("versionFarAhead", known.registerVersion);
  if (known.registerVersion === undefined) return setAside("noSubscriber", change.registerVersion);
  const registerVersion = Math.max(change.registerVersion, known.registerVersion);
  if (known.certificates.length === 0) return { kind: "nothingToRevoke", registerVersion };
  // A municipality speaks of its own residents. Its version is not taken either.
  if (known.certificates.some(({ municipality }) => municipality !== change.municipality))
    return setAside("municipalityDiffers", known.registerVersion);
  const [first, ...others] = known.certificates.filter((one) => one.registerVersion <= change.registerVersion);
  if (first === undefined) return { kind: "older", registerVersion };
  return decideForCertificates(change, [first, ...others], registerVersion);
}

type SomeCertificates = readonly [LivingCertificate, ...LivingCertificate[]];

function decideForCertificates(
  change: ChangeOfSubscriber,
  certificates: SomeCertificates,
  registerVersion: number,
): RegisterChangeOutcome {
  const [certificate, ...others] = certificates;
  if (certificates.some(({ state }) => state === "pending")) return setAside("issuanceUnderWay", registerVersion);
  if (!("items" in change)) return revoke(change, certificates, registerVersion);
  if (others.length > 0) return setAside("severalCertificates", registerVersion);
  switch (compareCertifiedItems(certificate.items, change.items)) {
    case "same":
      return { kind: "nothingToRevoke", registerVersion };
    case "unclear":
      return setAside("unclearDifference", registerVersion);
    case "different":
      return revoke(change, certificates, registerVersion);
  }
}

/** What becomes of a change when a person has found that it is the certificates' holder's, and a change. A mistaken version stays out. */
export function decideFoundChange(
  change: ChangeOfSubscriber,
  { registerVersion, certificates }: KnownOfSubscriber,
): RegisterChangeOutcome {
  const isMistaken = isFarAhead(change.registerVersion, registerVersion);
  const kept = isMistaken ? registerVersion : Math.max(change.registerVersion, registerVersion ?? 0);
  const [first, ...others] = certificates.filter((one) => one.registerVersion <= change.registerVersion);
  if (first === undefined) return { kind: "nothingToRevoke", registerVersion: kept };
  if ([first, ...others].some(({ state }) => state === "pending")) return setAside("issuanceUnderWay", kept);
  return revoke(change, [first, ...others], kept ?? first.registerVersion);
}

function revoke(
  { kind }: ChangeOfSubscriber,
  [first, ...others]: SomeCertificates,
  registerVersion: number,
): RegisterChangeOutcome {
  const { cause, requester } = { ...changesOfItems, ...endsOfRecord }[kind];
  const reason = reasonFor(cause, requester);
  if (reason === undefined) throw new Error(`${cause} is not for ${requester} to name`);
  const of = ({ serial }: LivingCertificate): RegisterRevocation => ({ serial, cause, requester, reason });
  return { kind: "revoke", revocations: [of(first), ...others.map(of)], registerVersion };
}
