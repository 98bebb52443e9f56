/**
 * 千葉県運用規程 4-4-2-3: a municipality notifies the certificate to be revoked; the governor revokes it.
 * decide → record: a revocation is in force at the instant it is accepted; lists carry it later.
 */
import { createHash } from "node:crypto";
import type { SerialNumber } from "@mitome/x509";
import { actingFor, type Call } from "../caller.ts";
import type { MalformedRequest } from "../certification-authority.ts";
import type { IssuingAuthority } from "../issuing-authority.ts";
import type { Acting } from "../ports.ts";
import { type SignedRequest, verifyRequest } from "../signed-request.ts";
import type { RevocationEvidence, RevocationLedger } from "../status-ports.ts";
import {
  type CertificateStanding,
  decideRevocation,
  type Revocation,
  type RevocationRefusal,
} from "./decide-revocation.ts";
import { type BrakingAuthority, isHeldByBrake, readBrake } from "./revocation-brake.ts";
import type { RevocationCause, RevocationRequester } from "./revocation-reason.ts";
import { parseRevocationRequest, type RevocationRequest } from "./revocation-request.ts";

/** What an authority needs to revoke. */
export interface RevokingAuthority
  extends BrakingAuthority,
    Pick<IssuingAuthority, "definition" | "ledger" | "clockGuard"> {
  readonly revocations: RevocationLedger;
}

/** An answer to a revocation; the same request gets the same answer. */
export type RevocationAnswer =
  | ({ readonly kind: "revoked"; readonly serial: SerialNumber } & Revocation)
  | ({ readonly kind: "refused" } & (
      | RevocationRefusal
      | {
          readonly reason:
            | "unknownAuthority"
            | "municipalityNotTheCallers"
            | "requestSignatureWrong"
            | "clockUntrusted"
            | "differentRequestUnderSameKey"
            /** So many of a municipality's certificates in a day: ask again once two people let them go on. */
            | "waitsForTwoApprovers";
        }
    ));

/** Revokes for a subscriber at a counter, or says why not. Throws LedgerUnavailable: send again. */
export async function revokeForSubscriber(
  authority: RevokingAuthority,
  call: Call,
  signed: SignedRequest,
): Promise<RevocationAnswer | MalformedRequest> {
  const parsed = parseRevocationRequest(signed.payload);
  if (parsed.kind === "malformed") return parsed;
  const { request } = parsed;
  const acting = actingFor(call, request.clerk);
  const answer = await settled(() => answerRequest(authority, call, acting, request, signed));
  if (answer.kind === "refused") await recordRefusal(authority, acting, request.serial, answer.reason);
  return answer;
}

async function answerRequest(
  authority: RevokingAuthority,
  { caller }: Call,
  acting: Acting,
  request: RevocationRequest,
  signed: SignedRequest,
): Promise<RevocationAnswer | "moved"> {
  const { definition, revocations } = authority;
  const { municipality, caseId, serial, cause } = request;
  // 1. The caller asks for its own municipality, and has signed what it asks.
  if (request.authority !== definition.id) return { kind: "refused", reason: "unknownAuthority" };
  if (municipality !== caller.municipality) return { kind: "refused", reason: "municipalityNotTheCallers" };
  if (!verifyRequest(caller.key, "revocation", signed)) return { kind: "refused", reason: "requestSignatureWrong" };
  // 2. The same request gets the same answer, another under its case none.
  const requestHash = createHash("sha256").update(signed.payload).digest();
  const standing = await revocations.standing(definition.id, serial);
  const earlier = await revocations.earlierRequest(definition.id, municipality, caseId);
  if (earlier !== undefined) {
    if (Buffer.compare(earlier.requestHash, requestHash) !== 0)
      return { kind: "refused", reason: "differentRequestUnderSameKey" };
    return standing?.revocation === undefined ? "moved" : { kind: "revoked", serial, ...standing.revocation };
  }
  // 3. A municipality sees nobody else's certificates: another's is unknown to it.
  const own = standing?.municipality === municipality ? standing : undefined;
  const evidence = {
    ...{ municipality, caseId, requestHash },
    ...{ payload: signed.payload, signature: signed.signature, requesterCertificate: caller.certificate },
  };
  return await decideAndRecord(authority, acting, { standing: own, serial, cause, evidence }, "subscriberAtCounter");
}

/** Revokes by the authority's own decision: ex officio (4-4-1), after the register, or as part of another act. */
export async function revokeByAuthority(
  authority: RevokingAuthority,
  acting: Acting,
  { serial, cause }: { readonly serial: SerialNumber; readonly cause: RevocationCause },
  requester: Exclude<RevocationRequester, "subscriberAtCounter" | "subscriberOnline">,
): Promise<RevocationAnswer> {
  const answer = await settled(async () => {
    const standing = await authority.revocations.standing(authority.definition.id, serial);
    return decideAndRecord(authority, acting, { standing, serial, cause, evidence: undefined }, requester);
  });
  if (answer.kind === "refused") await recordRefusal(authority, acting, serial, answer.reason);
  return answer;
}

/**
 * Another call was faster, with the certificate or the case: what it made of them is read again, so that two of the same
 * request get the same answer. A second time nothing moves: what is revoked, or asked under a case, stays so.
 */
async function settled(attempt: () => Promise<RevocationAnswer | "moved">): Promise<RevocationAnswer> {
  const first = await attempt();
  const answer = first === "moved" ? await attempt() : first;
  if (answer === "moved") throw new Error("a revocation moved twice");
  return answer;
}

interface Wanted {
  readonly standing: CertificateStanding | undefined;
  readonly serial: SerialNumber;
  readonly cause: RevocationCause;
  readonly evidence: RevocationEvidence | undefined;
}

async function decideAndRecord(
  authority: RevokingAuthority,
  acting: Acting,
  wanted: Wanted,
  requester: RevocationRequester,
): Promise<RevocationAnswer | "moved"> {
  const municipality = isHeldByBrake(wanted.cause) ? wanted.standing?.municipality : undefined;
  const decide = () => decideInTurn(authority, acting, { ...wanted, municipality }, requester);
  return municipality === undefined ? await decide() : await authority.revocationsInTurn.run(municipality, decide);
}

async function decideInTurn(
  authority: RevokingAuthority,
  acting: Acting,
  wanted: Wanted & { readonly municipality: string | undefined },
  requester: RevocationRequester,
): Promise<RevocationAnswer | "moved"> {
  const { definition, clockGuard, brake } = authority;
  const { standing, cause, municipality } = wanted;
  // The instant of acceptance: not of the wait for those before.
  const now = clockGuard.read();
  if (!(now instanceof Date)) return { kind: "refused", reason: "clockUntrusted" };
  const decision = decideRevocation(standing, cause, requester, now);
  if (decision.kind === "refused") return decision;
  const asked = municipality && { authority: definition.id, municipality, asked: 1 };
  if (asked && (await readBrake(brake, asked, now)) === "waitForTwoApprovers")
    return { kind: "refused", reason: "waitsForTwoApprovers" };
  return await recordRevocation(authority, acting, { ...wanted, revocation: decision.revocation }, requester);
}

async function recordRevocation(
  { definition, revocations, clockGuard }: RevokingAuthority,
  acting: Acting,
  { serial, cause, evidence, revocation }: Wanted & { readonly revocation: Revocation },
  requester: RevocationRequester,
): Promise<RevocationAnswer | "moved"> {
  const event = {
    kind: "certificate.revoked",
    result: "done",
    detail: { serial, cause, reason: revocation.reason, requester, case: evidence?.caseId ?? null },
  } as const;
  const toRecord = { authority: definition.id, serial, cause, revocation, evidence };
  if ((await revocations.recordRevocation(acting, toRecord, event)) === "moved") return "moved";
  clockGuard.recorded(revocation.revokedAt);
  return { kind: "revoked", serial, ...revocation };
}

async function recordRefusal(
  { ledger }: RevokingAuthority,
  acting: Acting,
  serial: SerialNumber,
  reason: string,
): Promise<void> {
  await ledger.recordEvent(acting, { kind: "revocation.refused", result: "refused", detail: { serial, reason } });
}
