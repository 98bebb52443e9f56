/**
 * The key store cannot answer now: the token is gone, a session was lost, the signer is restarting or its ledger is
 * unreachable. Nothing was half done that the caller must undo; the same request may be sent again, and the store
 * heals without a restart.
 */
export class HsmUnavailable extends Error {
  override readonly name = "HsmUnavailable";
  /** What was missing, from a closed set of causes; never a PIN, a key or a person's data. */
  readonly missing: HsmUnavailableCause;
  constructor(cause: HsmUnavailableCause) {
    super(`The key store is unavailable (${cause}); the request may be repeated.`);
    this.missing = cause;
  }
}

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
