/** A request's body within its bounds, before anything parses it. */
import type { IncomingMessage } from "node:http";

/** The body as text; `undefined` when it is larger than `largest` octets. */
export async function readBody(request: IncomingMessage, largest: number): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > largest) return undefined;
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largest) chunks.push(chunk);
      else {
        request.pause();
        resolve(undefined);
      }
    });
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.once("error", reject);
  });
}

/** Whether brackets outside strings nest deeper than this; the text need not be right JSON. */
export function isDeeperThan(json: string, deepest: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charCodeAt(at);
    if (character === quotationMark) {
      at = endOfString(json, at);
    } else if (character === openBrace || character === openBracket) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (character === closeBrace || character === closeBracket) {
      depth -= 1;
    }
  }
  return false;
}

const [quotationMark, openBrace, openBracket, closeBrace, closeBracket] = [0x22, 0x7b, 0x5b, 0x7d, 0x5d];

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
