import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { explainVerdict, type PathVerdict, type SignatureCache, validateCertificationPath } from "@mitome/x509/path";
import { type PathCase, readPathCase } from "./path-case.ts";
import { CannotGoOn } from "./say.ts";

/**
 * `./mitome validate-path [--explain]`: certification paths, one case a line of JSON on standard input, one answer a line on
 * standard output. A malformed line is answered on its line and the run goes on. `--explain` prints the trace for people on
 * standard error.
 */
export async function validatePath(args: readonly string[]): Promise<number> {
  const stranger = args.find((arg) => arg !== "--explain");
  if (stranger !== undefined)
    throw new CannotGoOn(`validate-path has no option ${stranger}.`, "./mitome validate-path --explain < cases");
  const isExplaining = args.includes("--explain");
  const signatures: SignatureCache = new Map();
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (signatures.size > rememberedSignatures) signatures.clear();
    const { answer, explanation } = answerLine(line, signatures);
    if (isExplaining) await write(process.stderr, `${explanation.join("\n")}\n\n`);
    await write(process.stdout, `${JSON.stringify(answer)}\n`);
  }
  return 0;
}

const rememberedSignatures = 100_000;

/** What stands on one line of standard output. */
interface Answer {
  readonly id: unknown;
  readonly valid: boolean;
  readonly path: readonly string[];
  readonly userConstrainedPolicySet: readonly string[];
  readonly reason?: string;
  readonly clause?: string;
  readonly message?: string;
}

/** The answer to one line, and its explanation for people. */
export function answerLine(
  line: string,
  signatures: SignatureCache,
): { readonly answer: Answer; readonly explanation: readonly string[] } {
  const read = readPathCase(line);
  if (read.kind === "malformed") return refused(read, "malformedLine", read.message);
  try {
    const verdict = validateCertificationPath({ ...read.request, signatures });
    const explanation = [JSON.stringify(read.id), ...explainVerdict(verdict).map((text) => `  ${text}`)];
    return { answer: answerOf(read, verdict), explanation };
  } catch (problem) {
    // A fault of ours: this case is not valid, and the next ones are answered all the same.
    return refused(read, "internalError", problem instanceof Error ? problem.message : String(problem));
  }
}

function refused({ id }: PathCase, reason: string, message: string): ReturnType<typeof answerLine> {
  const answer = { id, valid: false, path: [], userConstrainedPolicySet: [], reason, message };
  return { answer, explanation: [`${JSON.stringify(id)}: ${reason}, ${message}`] };
}

function answerOf({ id }: PathCase, verdict: PathVerdict): Answer {
  const { path } = verdict;
  if (verdict.kind === "valid")
    return { id, valid: true, path, userConstrainedPolicySet: verdict.userConstrainedPolicySet };
  const { reason, clause, message, certificate } = verdict.rejection;
  const about = certificate === undefined ? message : `${certificate}: ${message}`;
  return { id, valid: false, path, userConstrainedPolicySet: [], reason, clause, message: about };
}

/** Waits while the reader is slower than the validator. */
async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await new Promise((resolve) => stream.once("drain", resolve));
}
