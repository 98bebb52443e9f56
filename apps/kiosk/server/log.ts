import pino from "pino";

/**
 * Everything this server can log: a closed list. Fields are codes, counts and ids; never a name, an address, a date of
 * birth, a password (sealed or not), a token, or a driver's own words.
 */
const logMessages = {
  K001: "kiosk server started",
  K002: "kiosk server stopping",
  K010: "agent connected",
  K011: "agent disconnected",
  K012: "connection refused at the gateway",
  K013: "message from an agent refused",
  K014: "the authority does not say which machines are in force",
  K015: "the authority showed two audit heads for one place: its record was changed",
  K016: "equipment certificate renewed",
  K017: "equipment certificate not renewed; it is tried again tomorrow",
  K020: "effect begun",
  K021: "effect done",
  K022: "effect put off",
  K023: "effect failed in a way that is ours",
  K030: "clerk logged in",
  K031: "log-in refused",
  K032: "screen enrolled",
  K033: "enrolment code refused",
  K034: "second factor enrolled",
  K040: "request refused",
  K041: "request failed in a way that is ours",
  K050: "database away",
  K060: "document not made",
} as const;

export type LogCode = keyof typeof logMessages;
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Writes one line of JSON on standard error. */
export type Log = (code: LogCode, fields?: LogFields) => void;

const levels: Partial<Record<LogCode, "warn" | "error">> = {
  K012: "warn",
  K013: "warn",
  K014: "warn",
  K015: "error",
  K017: "error",
  K023: "error",
  K031: "warn",
  K033: "warn",
  K041: "error",
  K050: "warn",
};

export function createLog(): Log {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return (code, fields = {}) => logger[levels[code] ?? "info"]({ code, ...fields }, logMessages[code]);
}

/** What may be said of an error that we did not expect: its class and the driver's code, never its message. */
export function faultOf(error: unknown): LogFields {
  if (!(error instanceof Error)) return { fault: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  const place = error.stack?.split("\n").find((line) => line.includes("/apps/") || line.includes("/packages/"));
  return { fault: error.name, code, place: place?.replace(/^.*\/(apps|packages)\//, "$1/").slice(0, 120) ?? null };
}
