import type { CaClient } from "@mitome/ca-api/client";
import {
  type AuthorityRefusal,
  AuthorityUnavailable,
  type CertificationAuthority,
  type HeldCertificate,
} from "@mitome/ra";
import { TRPCClientError } from "@trpc/client";

/** Longest wait for one answer of the authority, in milliseconds. */
const patience = 30_000;

/** The port `CertificationAuthority` over the contract: translates and nothing else. */
export function authorityOver({ calls }: Pick<CaClient, "calls">): CertificationAuthority {
  return {
    describe: () =>
      answered(async (signal) => {
        const { authority, suite, issuing } = await calls.authority.describe.query(undefined, { signal });
        return { authority, suite, issuing };
      }),
    lookAtCard: (cardNumber) =>
      answered(async (signal) => {
        const card = await calls.cards.look.mutate({ cardNumber }, { signal });
        return card.kind === "known" ? card.state : "unknownCard";
      }),
    machinesInForce: () =>
      answered(async (signal) => (await calls.equipment.inForce.query(undefined, { signal })).fingerprints),
    holding: (residentCode, clerk) =>
      answered(async (signal) => {
        const answer = await calls.subscribers.holding.mutate({ residentCode }, { signal, context: { clerk } });
        if (answer.kind === "none") return null;
        const { serial, notBefore, notAfter, municipality } = answer;
        return { serial, notBefore, notAfter, municipality };
      }),
    openAttempt: (attempt) =>
      answered(async (signal) => {
        const answer = await calls.cards.openCase.mutate(attempt, { signal });
        return answer.kind === "opened" ? answer : plainRefusal(answer.reason);
      }),
    openCardSession: (session) =>
      answered(async (signal) => {
        const answer = await calls.cards.openSession.mutate(session, { signal });
        return answer.kind === "opened" ? answer : plainRefusal(answer.reason);
      }),
    authoriseCardCommand: (command) =>
      answered(async (signal) => {
        const answer = await calls.cards.authorise.mutate(command, { signal });
        return answer.kind === "authorised" ? answer : plainRefusal(answer.reason);
      }),
    request: (signed, clerk) =>
      answered(async (signal) => {
        const answer = await calls.issuance.request.mutate({ ...signed }, { signal, context: { clerk } });
        return answer.kind === "issued" ? answer : issuanceRefusal(answer);
      }),
    confirmDelivery: (delivery) =>
      answered(async (signal) => {
        const answer = await calls.issuance.confirmDelivery.mutate(delivery, { signal });
        return answer.kind === "delivered" ? answer : plainRefusal(answer.reason);
      }),
    endAttempt: (ending) =>
      answered(async (signal) => {
        const answer = await calls.issuance.endAttempt.mutate(ending, { signal });
        return answer.kind === "ended" ? answer : plainRefusal(answer.reason);
      }),
  };
}

function plainRefusal(reason: string): AuthorityRefusal {
  return { kind: "refused", reason, detail: {}, held: null };
}

function issuanceRefusal(answer: { kind: "refused"; reason: string } & Record<string, unknown>): AuthorityRefusal {
  const { kind, reason, ...rest } = answer;
  const detail = Object.fromEntries(
    Object.entries(rest).filter(
      (entry): entry is [string, string | number] => typeof entry[1] === "string" || typeof entry[1] === "number",
    ),
  );
  return { kind, reason, detail, held: heldIn(reason, detail) };
}

function heldIn(reason: string, detail: Record<string, string | number>): HeldCertificate | null {
  if (reason !== "subscriberAlreadyHasCertificate") return null;
  const { serial, notAfter, municipality } = detail;
  return { serial: String(serial), notBefore: null, notAfter: String(notAfter), municipality: String(municipality) };
}

// Transport failures and "unavailable" are the world's: the caller tries again. A request that the contract refuses is
// our own mistake and is thrown on.
async function answered<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await call(AbortSignal.timeout(patience));
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    const code: unknown = error.data?.code;
    if (code === undefined || code === "TIMEOUT" || code === "INTERNAL_SERVER_ERROR")
      throw new AuthorityUnavailable("authorityUnreachable");
    if (code === "SERVICE_UNAVAILABLE") throw new AuthorityUnavailable("hsmUnavailable");
    throw new RequestNotUnderstood(String(code), typeof error.data?.field === "string" ? error.data.field : null);
  }
}

/** The authority refused the call itself (its form, or this machine): not to be repeated. */
class RequestNotUnderstood extends Error {
  readonly code: string;
  readonly field: string | null;
  constructor(code: string, field: string | null) {
    super("the authority did not take the call");
    this.name = "RequestNotUnderstood";
    this.code = code;
    this.field = field;
  }
}
