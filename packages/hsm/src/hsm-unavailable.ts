import { SigningUnavailable } from "@mitome/ca";

/** Why a key store could not answer. */
export type HsmUnavailableCause =
  | "tokenMissing"
  | "sessionLost"
  | "deviceError"
  | "operationTimedOut"
  | "notConnected"
  | "connectionLost"
  | "ledgerUnreachable"
  | "journalUnwritable"
  | "stopping";

/**
 * The key store cannot answer now: the token is gone, a session was lost, the signer is restarting or its ledger is
 * unreachable. Nothing was half done that the caller must undo; the same request may be sent again, and the store
 * heals without a restart.
 */
export class HsmUnavailable extends SigningUnavailable {
  override readonly name = "HsmUnavailable";
  readonly missing: HsmUnavailableCause;
  constructor(missing: HsmUnavailableCause) {
    super(`The key store is unavailable (${missing}); the request may be repeated.`);
    this.missing = missing;
  }
}
