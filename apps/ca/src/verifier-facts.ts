/**
 * Records what happened with a verifier: notification, agreement, rights, start and stop, quota, 署名確認者, in this order:
 * `verifier-facts.ts <config.json> <verifier> <fact[=about],…>`, such as `notified,agreed=2026-11-1,rightGranted=ocsp,started`.
 */
import { type FactToRecord, recordVerifierFact, verifierRights } from "@mitome/ca";
import { CannotDo, runScript } from "./operator-script.ts";
import { verifierOffice } from "./verifier-office.ts";

await runScript("verifier-facts", ["<verifier>", "<fact[=about],…>"], async (desk, verifier = "", list = "") => {
  const office = verifierOffice(desk);
  let directory = "follows";
  for (const text of list.split(",")) {
    const [kind = "", about] = text.split("=");
    const fact = factOf(kind, about);
    if (fact === undefined) throw new CannotDo(`no such fact: ${text}`);
    const recorded = await recordVerifierFact(office, desk.acting, { verifier, after: undefined, fact });
    if (recorded.kind === "refused")
      throw new CannotDo(`${text} cannot be said of ${verifier} now: ${recorded.reason}`);
    directory = recorded.directory;
  }
  return { verifier, directory };
});

function factOf(kind: string, about: string | undefined): FactToRecord | undefined {
  switch (kind) {
    case "notified":
    case "agreementEnded":
    case "started":
    case "stopped":
      return about === undefined ? { kind } : undefined;
    case "agreed":
      return about === undefined ? undefined : { kind, termsVersion: about };
    case "rightGranted":
    case "rightWithdrawn": {
      const right = verifierRights.find((one) => one === about);
      return right && { kind, right };
    }
    case "quotaSet":
      return { kind, usesPerMonth: about === undefined ? null : Number(about) };
    case "confirmerListed":
    case "confirmerStruck":
      return about === undefined ? undefined : { kind, confirmer: about };
    default:
      return undefined;
  }
}
