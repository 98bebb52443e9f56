import type { z } from "zod";

/**
 * Which field a schema refused: the path of the first wrong or unknown one, `payload` when it is the whole. Never a value,
 * and never the name of an unknown field unless it is a plain one: that name is the sender's own text.
 */
export function wrongField({ issues: [first] }: z.ZodError): string {
  const [unknown] = first?.code === "unrecognized_keys" ? first.keys : [];
  const path = (first?.path ?? []).map(String);
  if (unknown !== undefined) path.push(/^[A-Za-z][A-Za-z0-9]{0,40}$/.test(unknown) ? unknown : "(unknown field)");
  return path.join(".") || "payload";
}
