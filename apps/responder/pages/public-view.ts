import type { ListPlan, ProvisionReport, RevocationReason } from "@mitome/ca";
import type { Publication, PublicService } from "./publication.ts";
import type { Statement } from "./statement/statement.ts";

/** Everything the public pages show, at one instant. No page knows anything else. */
export interface PublicView {
  readonly now: Date;
  /** When what the authority's ledger says was read from it; earlier than `now` while the ledger is away. */
  readonly readAt: Date;
  /** `id` and `practice` of the authority definition. */
  readonly authority: { readonly id: string; readonly practice: boolean };
  readonly publication: Publication;
  readonly statement: Statement;
  /** Where machines reach the services, as addresses: `http://…`, `ldap://…`. */
  readonly addresses: Readonly<Record<PublicService, string>>;
  readonly certificates: readonly PublishedCertificate[];
  readonly lists: readonly PublishedList[];
  readonly partitions: readonly Partition[];
  readonly services: readonly ServiceStatus[];
  /** Access records that the database refused for good, and that wait for a person. */
  readonly recordsSetAside: number;
  /** The pages show those that are open to everybody at `now`. */
  readonly reports: readonly PublishedReport[];
}

/** The certificates that anyone may have (運用規程 2-6-1, 2-8-2). A link certificate is named by what it certifies. */
export type PublishedCertificateKind =
  | "selfSigned"
  | "oldWithNew"
  | "newWithOld"
  | "crossIssued"
  | "crossReceived"
  | "operational";

/** A certificate of the repository; everything else that is said about it is read from its DER. */
export interface PublishedCertificate {
  readonly kind: PublishedCertificateKind;
  /** Of the authority's key: the one certified, or for `operational` the one that signed. */
  readonly generation: number;
  readonly der: Uint8Array;
  /** When it was put into the repository. */
  readonly publishedAt: Date;
  /** 運用規程 2-8-3: the reason's name and nothing more. */
  readonly revocation: { readonly at: Date; readonly reason: RevocationReason } | undefined;
}

/** A list that anyone may have: the ARL of a key generation, or the CRL of its operational certificates. */
export interface PublishedList {
  readonly kind: "authority" | "operational";
  readonly generation: number;
  readonly issue: ListIssue;
  /** DER, for its length and digest on the page. */
  readonly der: Uint8Array;
  /** 運用規程 2-8-3. */
  readonly entries: readonly {
    readonly serialNumber: string;
    readonly revokedAt: Date;
    readonly reason: RevocationReason | undefined;
  }[];
}

/** One issue of a list. */
type ListIssue = Pick<ListPlan, "number" | "thisUpdate" | "nextUpdate" | "nextPublish">;

/** A partition of the revocation lists with its newest issue; none before the first. */
export interface Partition {
  readonly kind: "subscriber" | "authority" | "operational";
  /** 全国地方公共団体コード and name of a subscriber partition's municipality. */
  readonly municipality: { readonly code: string; readonly name: string } | undefined;
  readonly generation: number;
  readonly newest: ListIssue | undefined;
}

/** What a prober saw last. `availability` is the share of successful probes in the last 30 days, 0 to 1. */
interface ServiceStatus {
  readonly service: PublicService;
  readonly state: "available" | "unavailable";
  readonly checkedAt: Date;
  readonly availability: number;
}

/** 失効情報等の提供状況報告書 (運用規程 4-5) as it is put before the public. */
export interface PublishedReport {
  /** As in the page's address: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly report: ProvisionReport;
  readonly publishedAt: Date;
  /** The report on paper. */
  readonly pdf: Uint8Array | undefined;
}
