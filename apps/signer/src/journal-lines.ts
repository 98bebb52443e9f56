import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { z } from "zod";
import { CannotStart } from "./cannot-start.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What the journal can say. The hashes are SHA-256; no entry holds a name, a PIN or the bytes that were signed. */
const journalEntry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("started"), instance: z.string(), tornOctets: z.int() }),
  z.strictObject({ kind: z.literal("activated") }),
  z.strictObject({ kind: z.literal("deactivated"), reason: z.enum(["operator", "activationEnded", "stopping"]) }),
  z.strictObject({ kind: z.literal("pinWrong") }),
  z.strictObject({ kind: z.literal("clockConfirmed"), first: z.string(), second: z.string() }),
  z.strictObject({
    kind: z.literal("attempt"),
    /** The intent's id, or null for the heads of the audit streams. */
    intent: z.string().nullable(),
    key: z.string(),
    /** SHA-256 of the request behind a subscriber's intent, or behind an enrolment's. */
    request: hash.nullable(),
    /** The enrolment's ticket. */
    ticket: z.uuid().nullable(),
    /** The list of revoked certificates that is signed: which partition's, its number and the newest revocation on it. */
    list: z.strictObject({ partition: z.string(), number: z.int().min(1), through: z.int().min(0) }).optional(),
    tbs: hash,
    attempt: z.int().min(1),
  }),
  z.strictObject({
    kind: z.literal("outcome"),
    tbs: hash,
    attempt: z.int().min(1),
    outcome: z.enum(["signed", "failed", "wrong"]),
    signature: hash.nullable(),
  }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;

/** One line of the journal: `previous` is SHA-256 of the line before it, without its line feed. */
const journalLine = z.strictObject({
  sequence: z.int().min(1),
  previous: hash,
  at: z.iso.datetime(),
  entry: journalEntry,
});
type JournalLine = z.infer<typeof journalLine>;

/** The journal's lines do not follow one another: it was altered, and the signer does not start. */
export class JournalBroken extends CannotStart {
  override readonly name = "JournalBroken";
  readonly sequence: number;
  constructor(sequence: number) {
    super(`the journal is broken at line ${sequence}`);
    this.sequence = sequence;
  }
}

/** What the first line has before it. */
export const zeroHash = "0".repeat(64);

/** SHA-256 of a line, by which the next one names it. */
export function hashOfLine(line: string): string {
  return createHash("sha256").update(line).digest("hex");
}

/** Reads a journal for inspection: every line, oldest first; a torn last line is left out. Throws JournalBroken. */
export async function readJournal(path: string): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  let head = zeroHash;
  await readLines(path, (text) => {
    const line = parseLine(text);
    if (line?.previous !== head) throw new JournalBroken(lines.length + 1);
    head = hashOfLine(text);
    lines.push(line);
  });
  return lines;
}

/** Calls `each` with every complete line; returns how many octets follow the last of them. */
export async function readLines(path: string, each: (line: string) => void): Promise<number> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a, start)) {
      each(rest.toString("utf8", start, end));
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  return rest.length;
}

/** A line that is one, or undefined. */
export function parseLine(text: string): JournalLine | undefined {
  try {
    return journalLine.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
