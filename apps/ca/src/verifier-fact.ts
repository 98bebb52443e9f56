/**
 * Records what happened with a verifier: notification, agreement, rights, start and stop, quota, 署名確認者:
 * `verifier-fact.ts <config.json> <verifier> <kind> <about|->`.
 */
import { addFact, standingAt, type VerifierFact, verifierRights } from "@mitome/ca";
import { aboutOf, PostgresVerifierLedger } from "@mitome/db/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

await runScript(
  "verifier-fact",
  ["<verifier>", "<kind>", "<about|->"],
  async ({ ledger, acting }, verifier = "", kind = "", about = "") => {
    const registry = new PostgresVerifierLedger(ledger);
    const known = await registry.read(verifier);
    if (known === undefined) throw new CannotDo(`no verifier ${verifier}`);
    const fact = factOf(kind, about === "-" ? undefined : about, systemClock.now());
    if (fact === undefined) throw new CannotDo(`no such fact: ${kind} ${about}`);
    const next = addFact(known.kind, standingAt(known.kind, known.facts, fact.effectiveAt), fact);
    if (typeof next === "string") throw new CannotDo(`that cannot be said of ${verifier} now: ${next}`);
    const detail = { verifier, fact: kind, about: aboutOf(fact) };
    const event = { kind: "verifier.factRecorded", result: "done", detail } as const;
    const recorded = await registry.recordFact(acting, { verifier, after: known.facts.length, fact }, event);
    if (recorded === "moved") throw new CannotDo("somebody else recorded something meanwhile: look, and try again");
    return { verifier, stage: next.stage };
  },
);

function factOf(kind: string, about: string | undefined, effectiveAt: Date): VerifierFact | undefined {
  switch (kind) {
    case "notified":
    case "agreementEnded":
    case "started":
    case "stopped":
      return about === undefined ? { kind, effectiveAt } : undefined;
    case "agreed":
      return about === undefined ? undefined : { kind, effectiveAt, termsVersion: about };
    case "rightGranted":
    case "rightWithdrawn": {
      const right = verifierRights.find((one) => one === about);
      return right && { kind, effectiveAt, right };
    }
    case "quotaSet":
      return { kind, effectiveAt, usesPerMonth: about === undefined ? null : Number(about) };
    case "confirmerListed":
    case "confirmerStruck":
      return about === undefined ? undefined : { kind, effectiveAt, confirmer: about };
    default:
      return undefined;
  }
}
