/** What the desk logs: a closed list of messages with codes, never what a form held. Audit is the authority's. */
import pino from "pino";

const messages = {
  AD001: "ready",
  AD002: "stopping",
  AD003: "a form that did not come from this desk's own pages was refused",
  AD004: "the authority could not be reached",
  AD005: "a request failed through our own fault",
} as const;

/** A message of the list. */
export type LogCode = keyof typeof messages;

const logger = pino({ base: { program: "admin" } }, pino.destination({ dest: 2, sync: true }));

/** Logs one message; `fields` are codes. */
export function log(level: "info" | "warn" | "error", code: LogCode, fields: Record<string, string> = {}): void {
  logger[level]({ code, ...fields }, messages[code]);
}
