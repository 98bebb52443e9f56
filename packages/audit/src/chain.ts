/**
 * The hash chain of one audit stream. A stream belongs to one writer (one database connection of one process run), so
 * appending never waits for another writer; the heads of all streams are signed together.
 */
import { createHash } from "node:crypto";
import { type AuditEntry, type AuditEventKind, auditKinds } from "./vocabulary.ts";

/** A link of a stream as it is stored. */
export interface AuditRecord {
  readonly stream: string;
  /** 1 for the first. */
  readonly sequence: number;
  readonly at: Date;
  readonly kind: string;
  readonly result: string;
  readonly system: string;
  readonly operator: string | null;
  /** JSON text, members in the order written. */
  readonly detail: string;
  /** SHA-256, 32 octets. */
  readonly hash: Uint8Array;
}

/** The end of a stream: what a witness keeps. */
export interface AuditHead {
  readonly stream: string;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

const zero = new Uint8Array(32);

/** The head of a stream that has no event yet. */
export function emptyHead(stream: string): AuditHead {
  return { stream, sequence: 0, hash: zero };
}

/** The next link: what is stored, and by that the new head. */
export function nextRecord(head: AuditHead, entry: AuditEntry, at: Date): AuditRecord {
  const { event, origin } = entry;
  const link = {
    stream: head.stream,
    sequence: head.sequence + 1,
    at,
    kind: event.kind,
    result: event.result,
    system: origin.system,
    operator: origin.operator,
    detail: JSON.stringify(event.detail),
  };
  return { ...link, hash: linkHash(head.hash, link) };
}

/** SHA-256 over the tag, the previous hash and the canonical text of one link. */
export function linkHash(previous: Uint8Array, link: Omit<AuditRecord, "hash">): Uint8Array {
  const text = JSON.stringify([
    link.stream,
    link.sequence,
    link.at.toISOString(),
    link.kind,
    link.result,
    link.system,
    link.operator,
    link.detail,
  ]);
  return createHash("sha256").update("mitome-audit-v1\0").update(previous).update(text).digest();
}

/** `<stream>:<sequence>:<hash in hex>`, the form of the `mitome-audit-head` header. */
export function formatHead(head: AuditHead): string {
  return `${head.stream}:${head.sequence}:${Buffer.from(head.hash).toString("hex")}`;
}

/** The bytes that the audit key signs for a set of heads, in the order of their streams' names. */
export function headsBytes(heads: readonly AuditHead[]): Uint8Array {
  const lines = heads.map(formatHead).sort();
  return Buffer.from(`mitome-audit-heads-v1\0${lines.join("\n")}`, "utf8");
}

/** What is wrong with a record of a stream. */
export type ChainFault = "missing" | "altered" | "unknownKind" | "startNotFirst" | "wrongDetails";

/** The first bad record of a stream, or its head when all is well. */
export type ChainVerdict =
  | { readonly kind: "whole"; readonly head: AuditHead }
  | { readonly kind: "broken"; readonly stream: string; readonly sequence: number; readonly fault: ChainFault };

/** Walks one stream from its first record. */
export function verifyChain(stream: string, records: Iterable<AuditRecord>): ChainVerdict {
  const walk = new ChainWalk(stream);
  for (const record of records) {
    const fault = walk.next(record);
    if (fault !== undefined) return fault;
  }
  return { kind: "whole", head: walk.head };
}

/** One walk along one stream, record by record, for streams too long to hold. */
export class ChainWalk {
  #head: AuditHead;

  constructor(stream: string) {
    this.#head = emptyHead(stream);
  }

  /** The last record found good. */
  get head(): AuditHead {
    return this.#head;
  }

  /** Takes the next record; says what is wrong with it, if anything. */
  next(record: AuditRecord): Extract<ChainVerdict, { kind: "broken" }> | undefined {
    const expected = this.#head.sequence + 1;
    const fault = this.#faultOf(record, expected);
    if (fault !== undefined) return { kind: "broken", stream: this.#head.stream, sequence: expected, fault };
    this.#head = { stream: record.stream, sequence: record.sequence, hash: record.hash };
    return undefined;
  }

  #faultOf(record: AuditRecord, expected: number): ChainFault | undefined {
    if (record.stream !== this.#head.stream || record.sequence !== expected) return "missing";
    if (Buffer.compare(linkHash(this.#head.hash, record), record.hash) !== 0) return "altered";
    if (!isKind(record.kind)) return "unknownKind";
    // 千葉県運用規程 4-11-9: collected from the system's start.
    if ((record.kind === "process.started") !== (expected === 1)) return "startNotFirst";
    if (!hasDetailsOf(record.kind, record.detail)) return "wrongDetails";
    return undefined;
  }
}

function isKind(text: string): text is AuditEventKind {
  return Object.hasOwn(auditKinds, text);
}

function hasDetailsOf(kind: AuditEventKind, detail: string): boolean {
  const parsed: unknown = JSON.parse(detail);
  if (typeof parsed !== "object" || parsed === null) return false;
  const names: readonly string[] = auditKinds[kind].details;
  const found = Object.keys(parsed);
  return found.length === names.length && names.every((name) => found.includes(name));
}
