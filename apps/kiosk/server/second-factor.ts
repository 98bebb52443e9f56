import { randomBytes } from "node:crypto";
import type { ClerkSession, SecondFactorStore } from "@mitome/db/ra";
import { base32, matchingStep, otpauthUri } from "./totp.ts";

export interface SecondFactorDependencies {
  readonly mode: "none" | "totp";
  readonly store: SecondFactorStore;
  readonly municipalityName: string;
  readonly clock: () => Date;
}

/** Codes of authenticator apps (RFC 6238) as the second factor of a clerk's log-in, where the municipality asks for them. */
export function createSecondFactor({ mode, store, municipalityName, clock }: SecondFactorDependencies) {
  /** What a session still lacks: nothing, its clerk's enrolment, or a code, without which it is none. */
  async function lackOf(session: ClerkSession): Promise<"nothing" | "enrolment" | "code"> {
    if (mode === "none" || session.withCode) return "nothing";
    const factor = await store.of(session.clerk.id);
    return factor?.confirmed === true ? "code" : "enrolment";
  }

  /** Holds a code against the clerk's secret and uses it up; `notAsked` while the clerk has none confirmed. */
  async function check(clerk: string, code: string | null): Promise<"notAsked" | "codeNeeded" | "right" | "wrong"> {
    const factor = mode === "none" ? null : await store.of(clerk);
    if (factor?.confirmed !== true) return "notAsked";
    if (code === null) return "codeNeeded";
    const step = matchingStep(factor.secret, code, clock(), factor.lastStep);
    return step !== null && (await store.useStep(clerk, step)) ? "right" : "wrong";
  }

  /** A new secret for a clerk's app, readable this once; null when one is confirmed already. */
  async function offer(clerk: { id: string; account: string }): Promise<{ uri: string; secret: string } | null> {
    const secret = randomBytes(20);
    if (!(await store.offer(clerk.id, secret))) return null;
    return { uri: otpauthUri(secret, municipalityName, clerk.account), secret: base32(secret) };
  }

  /** Whether the app has the secret: its first code says so. The clerk's other sessions end. */
  async function confirm(session: ClerkSession, code: string): Promise<boolean> {
    const factor = await store.of(session.clerk.id);
    if (factor === null || factor.confirmed) return false;
    const { secret, lastStep } = factor;
    const step = matchingStep(secret, code, clock(), lastStep);
    return step !== null && (await store.confirm(session.clerk.id, secret, step, session.id, clock()));
  }

  return { isAsked: mode !== "none", lackOf, check, offer, confirm };
}

export type SecondFactor = ReturnType<typeof createSecondFactor>;
