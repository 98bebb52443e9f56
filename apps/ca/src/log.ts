/** What the server logs: a closed list of messages with codes, never personal data. Audit is elsewhere. */
import pino from "pino";

const messages = {
  CA001: "ready",
  CA002: "stopping",
  CA003: "unfinished issuances were taken up",
  CA004: "the ledger cannot be reached",
  CA005: "the signer cannot be reached",
  CA006: "a TLS connection was refused",
  CA007: "a call failed through our own fault",
  CA008: "scheduled work failed",
  CA009: "the clock is not believed",
  CA010: "lists of revoked certificates were made",
  CA011: "the repository holds what the ledger does not, or not what was written",
  CA012: "the repository cannot be written to",
  CA013: "changes of the register that were set aside were decided",
} as const;

/** A message of the list. */
export type LogCode = keyof typeof messages;

const logger = pino({ base: { program: "ca" } }, pino.destination({ dest: 2, sync: true }));

/** Logs one message; `fields` are codes and counts. */
export function log(
  level: "info" | "warn" | "error",
  code: LogCode,
  fields: Record<string, string | number> = {},
): void {
  logger[level]({ code, ...fields }, messages[code]);
}
