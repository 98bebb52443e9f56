/** What the responder logs: a closed list of messages with codes, never whose certificate was asked about. */
import pino from "pino";

const messages = {
  RS001: "ready",
  RS002: "stopping",
  RS003: "a request was not answered with a status",
  RS004: "access records cannot be stored now; they wait",
  RS005: "access records of an earlier run were taken up",
  RS006: "a request failed through our own fault",
  RS007: "a TLS connection was refused",
  RS008: "a list of subscriber certificates was not given",
  RS009: "the ledger cannot be read; the pages show an older reading",
  RS010: "a partition has no new list for 25 hours, or none yet",
  RS011: "a partition has no new list for 60 hours",
  RS012: "a published copy is not the newest",
  RS013: "a service is not available",
  RS014: "what was wrong is right again",
  RS015: "the texts of the pages are refused; the earlier stand",
  RS016: "revocation information, or a file of it, was not given",
  RS017: "the database refuses an access record for good; it is set aside",
  RS018: "a connection could not be accepted",
  RS020: "what the directory wrote down of verifiers' reading cannot be counted now; it waits there",
} as const;

/** A message of the list. */
export type LogCode = keyof typeof messages;

const logger = pino({ base: { program: "responder" } }, pino.destination({ dest: 2, sync: true }));

/** Logs one message; `fields` are codes and counts. */
export function log(
  level: "info" | "warn" | "error",
  code: LogCode,
  fields: Record<string, string | number> = {},
): void {
  logger[level]({ code, ...fields }, messages[code]);
}
