/** A file of register changes that a municipality drops, signed by its server's key. */
import { type VerificationKey, verifySignature } from "@mitome/x509";
import { z } from "zod";
import { csvRecords } from "./csv-records.ts";
import { changeColumns, parseChangeJson, parseChangeRecord, type ReadChange } from "./register-change.ts";

const headerSchema = z.strictObject({
  version: z.literal(1),
  file: z.uuid(),
  sender: z.string().regex(/^\d{6}$/),
  changes: z.int().min(0).max(1_000_000),
  madeAt: z.iso.datetime().transform((text) => new Date(text)),
});

/** The first line of a file: which file it is, whose, how many changes follow, and when it was made. */
export type RegisterChangeFileHeader = z.output<typeof headerSchema>;

/** The most that a file may have, in octets; a municipality sends another one instead. */
export const longestChangeFile = 64 * 1024 * 1024;

/** A line of a file with its number, from 1, as an editor counts them. */
export type ChangeLine = ReadChange & { readonly line: number };

/** A file read: as many lines as its header says, malformed ones among them; or why none of it is taken. */
export type ReadChangeFile =
  | {
      readonly kind: "file";
      readonly header: RegisterChangeFileHeader;
      readonly lines: readonly ChangeLine[];
    }
  | {
      readonly kind: "refused";
      readonly reason:
        | "tooLong"
        | "signatureWrong"
        | "notUtf8"
        | "headerMalformed"
        | "senderNotTheSigner"
        | "countDiffers";
    };

const domain = Buffer.from("mitome-register-changes-v1\0", "ascii");

/** The octets that a municipality signs: a domain tag, then the file as it is sent. */
export function registerChangeFileMessage(file: Uint8Array): Uint8Array {
  return Buffer.concat([domain, file]);
}

/** A file as it came, with its detached signature. */
export interface SignedChangeFile {
  readonly file: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether this key signed the file (ECDSA P-256 with SHA-256, r and s of 32 octets each). */
export function verifyChangeFile(key: VerificationKey, { file, signature }: SignedChangeFile): boolean {
  return verifySignature(key, "ecdsa-with-SHA256", registerChangeFileMessage(file), signature, "ieee-p1363");
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a file whose detached signature is right under the key of
 * the municipality that the signer's equipment certificate names. A change of another municipality's register is
 * malformed in `municipality`, unless the signer `reportsFor` it (the prefecture's own feed).
 *
 * NDJSON begins with the header as an object; CSV with the record `mitome-register-changes,<version>,<file>,<sender>,
 * <changes>,<madeAt>`, then the record of column names.
 */
export function readRegisterChangeFile(
  signed: SignedChangeFile,
  signer: {
    readonly key: VerificationKey;
    readonly municipality: string;
    readonly reportsFor: (municipality: string) => boolean;
  },
): ReadChangeFile {
  const { file } = signed;
  if (file.length > longestChangeFile) return refused("tooLong");
  if (!verifyChangeFile(signer.key, signed)) return refused("signatureWrong");
  const text = decoded(file);
  if (text === undefined) return refused("notUtf8");
  const content = text.startsWith("{") ? readNdjson(text) : readCsv(text);
  if (content === undefined) return refused("headerMalformed");
  const { header, lines } = content;
  if (header.sender !== signer.municipality) return refused("senderNotTheSigner");
  // A file cut off in transit would otherwise be taken for a shorter one.
  if (lines.length !== header.changes) return refused("countDiffers");
  return { kind: "file", header, lines: lines.map((line) => ofSigner(line, signer.reportsFor)) };
}

type Refusal = Extract<ReadChangeFile, { kind: "refused" }>;

function refused(reason: Refusal["reason"]): Refusal {
  return { kind: "refused", reason };
}

function decoded(file: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(file);
  } catch {
    return undefined;
  }
}

interface Content {
  readonly header: RegisterChangeFileHeader;
  readonly lines: readonly ChangeLine[];
}

function readNdjson(text: string): Content | undefined {
  // The end of the last line ends it and begins no other.
  const [first = "", ...rest] = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const header = readHeader(() => JSON.parse(first));
  return header && { header, lines: rest.map((line, index) => ({ line: index + 2, ...parseChangeJson(line) })) };
}

function readCsv(text: string): Content | undefined {
  const records = csvRecords(text);
  const [mark, version, file, sender, changes, madeAt, ...more] = records.next().value?.cells ?? [];
  const columns = records.next().value?.cells;
  if (mark !== "mitome-register-changes" || more.length > 0 || columns?.join() !== changeColumns.join())
    return undefined;
  const header = readHeader(() => ({ version: Number(version), file, sender, changes: Number(changes), madeAt }));
  const read = (cells: readonly string[] | undefined): ReadChange =>
    cells === undefined ? { kind: "malformed", field: "payload" } : parseChangeRecord(cells);
  return header && { header, lines: Array.from(records, ({ line, cells }) => ({ line, ...read(cells) })) };
}

function readHeader(read: () => unknown): RegisterChangeFileHeader | undefined {
  try {
    return headerSchema.safeParse(read()).data;
  } catch {
    return undefined;
  }
}

function ofSigner(line: ChangeLine, reportsFor: (municipality: string) => boolean): ChangeLine {
  if (line.kind === "malformed" || reportsFor(line.change.municipality)) return line;
  return { line: line.line, kind: "malformed", field: "municipality" };
}
