/** A request's body, read once within its bounds: refused before anything parses it. */
import type { IncomingMessage } from "node:http";

/** What a body came to. */
export type RequestBody =
  | { readonly kind: "body"; readonly text: string }
  | { readonly kind: "tooLarge" | "tooDeep" | "aborted" };

/** Reads at most `largest` octets; refuses JSON nested deeper than `deepest`. */
export async function readBody(request: IncomingMessage, largest: number, deepest: number): Promise<RequestBody> {
  if (Number(request.headers["content-length"] ?? 0) > largest) return { kind: "tooLarge" };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > largest) return { kind: "tooLarge" };
      chunks.push(chunk);
    }
  } catch {
    return { kind: "aborted" };
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return isDeeperThan(text, deepest) ? { kind: "tooDeep" } : { kind: "body", text };
}

/** Whether brackets outside strings nest deeper than this; the text need not be right JSON. */
export function isDeeperThan(json: string, deepest: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') {
      at = endOfString(json, at);
    } else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > deepest) return true;
    } else if (character === "}" || character === "]") {
      depth -= 1;
    }
  }
  return false;
}

/** Index of the quotation mark that closes the string opened at `start`. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}
