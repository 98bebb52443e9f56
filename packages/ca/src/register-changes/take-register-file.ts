/** A municipality's signed file of register changes, however it came: over the wire, or dropped and taken by an operator. */
import type { VerificationKey } from "@mitome/x509";
import type { Acting } from "../ports.ts";
import { applyRegisterChange, type ChangeNotTaken, type RegisterAuthority } from "./apply-register-change.ts";
import {
  type ChangeLine,
  type ReadChangeFile,
  readRegisterChangeFile,
  type SignedChangeFile,
} from "./register-change-file.ts";
import type { ChangeAnswer } from "./register-change-ledger.ts";

/** What became of a line, by its number from 1; nothing in it says whose record it is. */
export type LineAnswer = { readonly line: number } & (ChangeAnswer | ChangeNotTaken);

/** An answer to a file: one for each line, in their order, or why none was taken. The same file gets the same answer. */
export type RegisterFileAnswer =
  | { readonly kind: "taken"; readonly file: string; readonly lines: readonly LineAnswer[] }
  | {
      readonly kind: "refused";
      readonly reason: Extract<ReadChangeFile, { kind: "refused" }>["reason"] | "tooManyChanges";
    };

/** Whose server signed a file. */
export interface RegisterFileSigner {
  readonly key: VerificationKey;
  readonly municipality: string;
}

/** As many changes as one call may bring; more come in a file. */
export const mostChangesACall = 500;

const atOnce = 16;

/**
 * Takes a file with its detached signature. What was taken stays so: after an interruption the file is sent again.
 * Throws SigningUnavailable and LedgerUnavailable.
 */
export async function takeRegisterFile(
  authority: RegisterAuthority,
  acting: Acting,
  signed: SignedChangeFile,
  { key, municipality }: RegisterFileSigner,
  most = Number.POSITIVE_INFINITY,
): Promise<RegisterFileAnswer> {
  const read = readRegisterChangeFile(signed, { key, municipality, reportsFor: (code) => code === municipality });
  if (read.kind === "refused") return await refused(authority, acting, municipality, read.reason);
  const { header, lines } = read;
  if (lines.length > most) return await refused(authority, acting, municipality, "tooManyChanges");
  const answers: LineAnswer[] = [];
  for (let from = 0; from < lines.length; from += atOnce) {
    const some = lines.slice(from, from + atOnce);
    answers.push(
      ...(await Promise.all(some.map((line) => takeLine(authority, acting, { municipality, ...header }, line)))),
    );
  }
  return { kind: "taken", file: header.file, lines: answers };
}

async function takeLine(
  authority: RegisterAuthority,
  acting: Acting,
  { municipality, file }: { readonly municipality: string; readonly file: string },
  read: ChangeLine,
): Promise<LineAnswer> {
  const { line } = read;
  if (read.kind === "change") return { line, ...(await applyRegisterChange(authority, acting, read.change)) };
  const { definition, registerChanges, clockGuard } = authority;
  const at = clockGuard.read();
  if (!(at instanceof Date)) return { line, outcome: "notTaken", why: "clockUntrusted" };
  const { field } = read;
  const detail = { municipality, file, line, field };
  const event = { kind: "registerChange.malformed", result: "done", detail } as const;
  await registerChanges.recordMalformedLine(acting, { authority: definition.id, ...detail, at }, event);
  return { line, outcome: "workList", why: "malformedLine" };
}

async function refused(
  { ledger }: RegisterAuthority,
  acting: Acting,
  municipality: string,
  reason: Extract<RegisterFileAnswer, { kind: "refused" }>["reason"],
): Promise<RegisterFileAnswer> {
  const detail = { municipality, reason };
  await ledger.recordEvent(acting, { kind: "registerFile.refused", result: "refused", detail });
  return { kind: "refused", reason };
}
