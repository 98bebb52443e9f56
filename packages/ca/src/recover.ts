/** What a crash left half done is finished by the code of the normal path: `docs/issuance-cycle.md`. */
import { byItself } from "./caller.ts";
import { finishEquipment } from "./enrol-equipment.ts";
import { finishIssuance } from "./finish-issuance.ts";
import type { IssuingAuthority } from "./issuing-authority.ts";
import { IssuanceUnderWay, LedgerUnavailable, SigningUnavailable } from "./ports.ts";

/** What one round of recovery came to. */
export interface Recovery {
  readonly finished: number;
  /** Still recorded: signer or ledger cannot be reached, or another holder has it. */
  readonly left: number;
  /** Our own fault, such as a signature that does not verify; tried again when its lease runs out. */
  readonly failed: number;
}

/** Takes up intents whose lease ran out, and only those, a few at a time; call it again while it finishes any. */
export async function recoverIssuances(authority: IssuingAuthority, limit = 16): Promise<Recovery> {
  const { ledger, equipment, clockGuard, definition } = authority;
  // Nothing is signed while the clock cannot be believed.
  if (!(clockGuard.read() instanceof Date)) return { finished: 0, left: 0, failed: 0 };
  const counted = { finished: 0, left: 0, failed: 0 };
  const attempt = async (finish: () => Promise<unknown>) => {
    try {
      await finish();
      counted.finished += 1;
    } catch (error) {
      counted[isPassing(error) ? "left" : "failed"] += 1;
    }
  };
  for (const unfinished of await ledger.takeExpiredIntents(definition.id, limit)) {
    const { id, serial, fence } = unfinished.intent;
    const detail = { intent: id, serial, fence };
    await ledger.recordEvent(byItself, { kind: "issuance.recovered", result: "done", detail });
    await attempt(() => finishIssuance(authority, byItself, unfinished));
  }
  for (const unfinished of await equipment.takeExpiredEquipment(definition.id, limit)) {
    await attempt(() => finishEquipment(authority, byItself, unfinished));
  }
  return counted;
}

function isPassing(error: unknown): boolean {
  return error instanceof SigningUnavailable || error instanceof LedgerUnavailable || error instanceof IssuanceUnderWay;
}
