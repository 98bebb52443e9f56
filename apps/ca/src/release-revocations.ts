/**
 * Two people have a municipality's revocations go on for 24 hours, and say why, although there are more in a day than the
 * brake lets through: `release-revocations.ts <config.json> <municipality> <first> <second> <because>`.
 */
import { releaseFor, twoPeople } from "@mitome/ca";
import { PostgresRevocationBrake } from "@mitome/db/ca";
import { z } from "zod";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

const reason = z.string().trim().min(1).max(500);

await runScript(
  "release-revocations",
  ["<municipality>", "<first>", "<second>", "<because>"],
  async ({ configuration, ledger, acting }, municipality = "", first = "", second = "", text = "") => {
    const by = twoPeople(first, second);
    if (by === undefined) throw new CannotDo("two people let revocations go on");
    const { data: because } = reason.safeParse(text);
    if (because === undefined) throw new CannotDo("a reason of at most 500 characters");
    const release = releaseFor(municipality, by, because, systemClock.now());
    const until = release.until.toISOString();
    const detail = { municipality, until, because, first: by[0], second: by[1] };
    const event = { kind: "revocation.released", result: "done", detail } as const;
    const brake = new PostgresRevocationBrake(ledger);
    if (!(await brake.release(acting, configuration.authority, release, event)))
      throw new CannotDo(`no municipality ${municipality}`);
    return { municipality, until };
  },
);
