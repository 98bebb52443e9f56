/** What revoking and making lists of it need from the world, beside `ports.ts`. */
import type { AuditEvent } from "@mitome/audit";
import type { SerialNumber } from "@mitome/x509";
import type { ListPlan, PartitionState } from "./lists/decide-list.ts";
import type { ListContent } from "./lists/list-content.ts";
import type { EncodedEntries } from "./lists/list-stretch.ts";
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

/** One entry of a list, and when its certificate ends. */
export interface ListEntry extends Revocation {
  readonly serial: SerialNumber;
  readonly notAfter: Date;
}

/** Which entries in full stretches are on a list: of the first so many, those of certificates that end then or later. */
export interface ListExtent {
  readonly stretches: number;
  readonly keptFrom: Date;
}

/** A full stretch of a partition's revocations, numbered from 1. */
export interface ListStretch extends EncodedEntries {
  readonly number: number;
}

/** What a list is made from; the ledger's rows of revocation never change. */
export interface ListSource {
  /**
   * How many revocations after one there are that a list has to hold or, expired, to have held: those numbered up to its
   * newest, and any accepted long before it. As many as lie between the two numbers, or one is missing.
   */
  countOwed(partition: ListPartition, plan: ListPlan, after: number): Promise<number>;
  /** Revocations by number, those `after` one `through` another, in their order: a stretch at most, gone through once. */
  readRevocations(partition: ListPartition, after: number, through: number): Promise<Iterable<ListEntry>>;
  /** The ends of each stretch of a list, in order; one of which every certificate ended may be passed over. */
  readEnds(partition: ListPartition, extent: ListExtent): AsyncIterable<Uint8Array>;
  /** The same stretches, whole. */
  readStretches(partition: ListPartition, extent: ListExtent): AsyncIterable<ListStretch>;
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
  /** Which full stretches up to a revocation are not kept yet, in order. */
  missingStretches(partition: ListPartition, through: number): Promise<readonly number[]>;
  /** Keeps a stretch, as long as the ledger stands; whoever keeps it, it has the same octets. */
  keepStretch(partition: ListPartition, stretch: ListStretch): Promise<void>;
  /** Records what will be signed, with the octets that are the list's own; `late` when the draft was taken from us. */
  recordList(
    acting: Acting,
    list: ListInHand,
    content: Omit<ListContent, "pieces"> & { readonly tbsHash: Uint8Array },
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
  /**
   * A list of the partition's first revocations, so many of them, will be asked for: the signer reads them meanwhile.
   * Nothing depends on it.
   */
  expectList(partition: ListPartition, through: number): Promise<void>;
  /** Signs the list that the ledger holds under this id; the signer makes its octets again itself. */
  signList(list: RecordedList): Promise<Uint8Array>;
}
