import pino from "pino";

/** Everything the agent ever logs: code, level and words. No names, no passwords, no card content. */
const MESSAGES = {
  connected: ["info", "connected to the gateway"],
  disconnected: ["warn", "connection to the gateway ended; dialling again"],
  messageOutsideProtocol: ["warn", "the gateway sent a message that is not in the protocol"],
  commandRefused: ["warn", "a command was not this terminal's to obey"],
  commandDone: ["info", "a command ended"],
  cardMisbehaved: ["warn", "the card answered against its specification"],
  pcscProcessEnded: ["warn", "the PC/SC process ended; starting another"],
  unexpected: ["fatal", "a fault of the agent's own; ending"],
} as const satisfies Record<string, readonly [level: "info" | "warn" | "fatal", message: string]>;

/** Writes one line of JSON to stderr. `about` holds codes, identifiers and counts only. */
export type Log = (code: keyof typeof MESSAGES, about?: Readonly<Record<string, string>>) => void;

/** The agent's log. */
export function openLog(terminal: string): Log {
  const logger = pino({ base: { app: "agent", terminal } }, pino.destination({ fd: 2, sync: true }));
  return (code, about = {}) => {
    const [level, message] = MESSAGES[code];
    logger[level]({ code, ...about }, message);
  };
}
