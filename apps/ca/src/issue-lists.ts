/** Issues the list of a partition, or of all, at once (千葉県運用規程 4-4-9): `issue-lists.ts <config.json> <partition|all>`. */
import { ClockGuard, issueList, partitionsOf } from "@mitome/ca";
import { PostgresListLedger } from "@mitome/db/ca";
import { listSigningKeyOf } from "@mitome/hsm/signer-client";
import { loadAuthority } from "./load-authority.ts";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

await runScript("issue-lists", ["<partition|all>"], async ({ configuration, ledger, signer }, asked = "") => {
  const { definition, generations } = await loadAuthority(ledger.reader, configuration.authority);
  const partitions = partitionsOf(definition).filter((partition) => asked === "all" || partition === asked);
  if (partitions.length === 0) throw new CannotDo(`no partition ${asked}`);
  const authority = {
    ...{ definition, generations, lists: new PostgresListLedger(ledger), listSigningKey: listSigningKeyOf(signer) },
    clockGuard: new ClockGuard(systemClock, undefined, { unattended: true }),
  };
  const outcomes: Record<string, string> = {};
  for (const generation of generations.keys()) {
    for (const partition of partitions) {
      const key = { authority: definition.id, generation, partition };
      outcomes[`${generation}:${partition}`] = await issueList(authority, key, "now");
    }
  }
  return outcomes;
});
