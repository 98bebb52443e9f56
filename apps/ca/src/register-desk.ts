/** The authority as operators' scripts apply register changes with it. */
import { ClockGuard, OneAtATime, type RegisterAuthority } from "@mitome/ca";
import { PostgresRegisterChangeLedger, PostgresRevocationBrake } from "@mitome/db/ca";
import { signingKeyOf } from "@mitome/hsm/signer-client";
import { type LoadedAuthority, loadAuthority } from "./load-authority.ts";
import type { OperatorDesk } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

/** Loads it; the clock is held against the ledger's newest record. */
export async function registerAuthority(desk: OperatorDesk): Promise<RegisterAuthority & LoadedAuthority> {
  const { configuration, ledger, signer } = desk;
  const loaded = await loadAuthority(ledger.reader, configuration.authority);
  const { newest } = await ledger.newestRecord();
  return {
    ...loaded,
    ...{ ledger, signingKey: signingKeyOf(signer), designatedBodies: configuration.designatedBodies },
    registerChanges: new PostgresRegisterChangeLedger(ledger),
    brake: new PostgresRevocationBrake(ledger),
    revocationsInTurn: new OneAtATime(),
    clockGuard: new ClockGuard(systemClock, newest, { unattended: true }),
  };
}
