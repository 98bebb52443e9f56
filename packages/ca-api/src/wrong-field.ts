/** Which field of a malformed input is wrong: its path, never its value. */
import type { TRPCError } from "@trpc/server";
import { ZodError } from "zod";

/** The path of the first wrong or unknown field, or `undefined` when the error is not about the input. */
export function fieldOf(error: TRPCError): string | undefined {
  if (error.code !== "BAD_REQUEST" && error.code !== "PARSE_ERROR" && error.code !== "PAYLOAD_TOO_LARGE")
    return undefined;
  if (!(error.cause instanceof ZodError)) return error.message.startsWith("payload") ? error.message : "body";
  const [first] = error.cause.issues;
  if (first === undefined) return "body";
  const unknown = first.code === "unrecognized_keys" ? first.keys.slice(0, 1).map(printable) : [];
  return [...first.path.map(String), ...unknown].join(".") || "body";
}

// The name of an unknown field is the caller's own text: it may be anything, so only a plain name is said again.
function printable(name: string): string {
  return /^[A-Za-z][A-Za-z0-9]{0,40}$/.test(name) ? name : "(unknown field)";
}
