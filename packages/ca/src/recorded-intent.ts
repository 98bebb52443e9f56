/**
 * What stands in the ledger before anything is signed. `SigningKey.sign` takes nothing else, so a byte string that was
 * never recorded cannot reach the key.
 */
import type { SerialNumber } from "@mitome/x509";

/** Capability to have one recorded intent signed, under the fence its holder took it with. */
export class RecordedIntent {
  readonly id: string;
  readonly fence: number;
  readonly serial: SerialNumber;

  private constructor(id: string, fence: number, serial: SerialNumber) {
    this.id = id;
    this.fence = fence;
    this.serial = serial;
  }

  /** For ledgers alone: the row with this id is committed and its fence is ours. */
  static readFromLedger(id: string, fence: number, serial: SerialNumber): RecordedIntent {
    return new RecordedIntent(id, fence, serial);
  }
}
