/** What revoking and making lists of it need from the world, beside `ports.ts`. */
import type { AuditEvent } from "@mitome/audit";
import type { SerialNumber } from "@mitome/x509";
import type { ListPlan, PartitionState } from "./lists/decide-list.ts";
import type { Acting } from "./ports.ts";
import type { CertificateStanding, Revocation } from "./revocation/decide-revocation.ts";
import type { RevocationCause } from "./revocation/revocation-reason.ts";

/** A municipality's request as the ledger keeps it (失効申請等情報). */
export interface RevocationEvidence {
  readonly municipality: string;
  readonly caseId: string;
  /** SHA-256 of the payload. */
  readonly requestHash: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** Equipment certificate of the one who asked, DER. */
  readonly requesterCertificate: Uint8Array;
}

/** A revocation to be recorded. */
export interface RevocationToRecord {
  readonly authority: string;
  readonly serial: SerialNumber;
  readonly cause: RevocationCause;
  readonly revocation: Revocation;
  readonly evidence: RevocationEvidence | undefined;
}

/** The part of the ledger that knows what was revoked. */
export interface RevocationLedger {
  standing(authority: string, serial: SerialNumber): Promise<CertificateStanding | undefined>;
  /** The request that a municipality made under this case. */
  earlierRequest(
    authority: string,
    municipality: string,
    caseId: string,
  ): Promise<{ readonly requestHash: Uint8Array; readonly serial: SerialNumber } | undefined>;
  /** Revokes a valid certificate for ever; `moved` when it is not valid any more or the case was used meanwhile. */
  recordRevocation(acting: Acting, wanted: RevocationToRecord, event: AuditEvent): Promise<"recorded" | "moved">;
}

/** One list of an authority: of a municipality by its code, of operational certificates, or of the authority's own. */
export interface ListPartition {
  readonly authority: string;
  readonly generation: number;
  readonly partition: string;
}

/** One entry of a list. */
export interface ListEntry extends Revocation {
  readonly serial: SerialNumber;
}

/** How many entries have serial numbers of how many octets as INTEGER: what a list's length follows from. */
export interface EntryCount {
  readonly integerOctets: number;
  readonly entries: number;
}

/** What a list is made from; the ledger's rows of revocation never change. */
export interface ListSource {
  /**
   * How many revocations there are that a list has to hold or, expired, to have held: those numbered up to its newest, and
   * any accepted long before it. As many as its newest's number, or one is missing.
   */
  countOwed(partition: ListPartition, plan: ListPlan): Promise<number>;
  countEntries(partition: ListPartition, plan: ListPlan): Promise<readonly EntryCount[]>;
  /** In the order of revocation, a batch at a time; a batch is gone through once. */
  readEntries(partition: ListPartition, plan: ListPlan): AsyncIterable<Iterable<ListEntry>>;
}

/** A list between its planning and its signature, under the fence its holder took it with. */
export interface ListInHand {
  readonly id: string;
  readonly fence: number;
  readonly partition: ListPartition;
  readonly plan: ListPlan;
}

/** A list that its octets stand in the ledger for, so that it may be signed; only a ledger makes one. */
export interface RecordedList extends ListInHand {
  /** SHA-256 of the octets to be signed. */
  readonly tbsHash: Uint8Array;
}

/** A partition of which the ledger knows something. */
export interface KnownPartition extends PartitionState {
  readonly partition: ListPartition;
}

/** The part of the ledger that keeps lists. Every call may throw LedgerUnavailable. */
export interface ListLedger extends ListSource {
  /** A partition at one instant: what was revoked, and the lists there are. */
  readPartition(partition: ListPartition): Promise<PartitionState>;
  /** Every partition that has had a revocation or a list, as {@link readPartition} reads one. */
  readPartitions(authority: string): Promise<readonly KnownPartition[]>;
  /** Takes a partition in hand for this plan; `underWay` while somebody has it, or an earlier list of it is unfinished. */
  draft(partition: ListPartition, plan: ListPlan): Promise<ListInHand | "underWay">;
  /** Keeps a piece of a drafted list, in order from 0. */
  keepPart(list: ListInHand, part: number, octets: Uint8Array): Promise<void>;
  /** Records what will be signed; `late` when the draft was taken from us. */
  recordList(
    acting: Acting,
    list: ListInHand,
    content: { readonly tbsHash: Uint8Array; readonly entries: number },
    event: AuditEvent,
  ): Promise<RecordedList | "late">;
  /** Unfinished lists whose lease ran out, each with a lease and a new fence for us; a draft is given up instead. */
  takeExpiredLists(authority: string, limit: number): Promise<readonly RecordedList[]>;
  /** The octets that are to be signed, piece by piece. */
  readParts(list: ListInHand): AsyncIterable<Uint8Array>;
  /** Records the signature and has the list published, if the fence still stands. */
  recordSignature(acting: Acting, list: RecordedList, signature: Uint8Array, event: AuditEvent): Promise<boolean>;
  /** Ends a list that will never be signed. */
  discardList(acting: Acting, list: RecordedList, event: AuditEvent): Promise<boolean>;
}

/** The authority's key for lists, as `apps/signer` lends it. Throws SigningUnavailable, SignerRefused. */
export interface ListSigningKey {
  /** Signs the list that the ledger holds under this id; the signer makes its octets again itself. */
  signList(list: RecordedList): Promise<Uint8Array>;
}
