/**
 * Records what happened with a verifier: notification, agreement, rights, start and stop, quota, 署名確認者, in this order:
 * `verifier-facts.ts <config.json> <verifier> <fact[=about],…>`, such as `notified,agreed=2026-11-1,rightGranted=ocsp,started`.
 */
import { addFact, standingAt, type VerifierFact, verifierRights } from "@mitome/ca";
import { aboutOf, PostgresVerifierLedger } from "@mitome/db/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

await runScript("verifier-facts", ["<verifier>", "<fact[=about],…>"], async (desk, verifier = "", list = "") => {
  const registry = new PostgresVerifierLedger(desk.ledger);
  for (const text of list.split(",")) {
    const known = await registry.read(verifier);
    if (known === undefined) throw new CannotDo(`no verifier ${verifier}`);
    const [kind = "", about] = text.split("=");
    const fact = factOf(kind, about, systemClock.now());
    if (fact === undefined) throw new CannotDo(`no such fact: ${text}`);
    const next = addFact(known.kind, standingAt(known.kind, known.facts, fact.effectiveAt), fact);
    if (typeof next === "string") throw new CannotDo(`${text} cannot be said of ${verifier} now: ${next}`);
    const detail = { verifier, fact: kind, about: aboutOf(fact) };
    const event = { kind: "verifier.factRecorded", result: "done", detail } as const;
    const recorded = await registry.recordFact(desk.acting, { verifier, after: known.facts.length, fact }, event);
    if (recorded === "moved") throw new CannotDo("somebody else recorded something meanwhile: look, and try again");
  }
  return { verifier };
});

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
