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
