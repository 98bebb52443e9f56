/**
 * What verifiers were given. A record names serial numbers, lists and files, never a person; fees (2-1-4(10)) and the
 * report on provision (4-5) are counted from these records and from nothing else.
 */
import type { Permission } from "./may-use.ts";
import type { VerifierRight } from "./verifier-standing.ts";

/** The ways of giving (提供の方法), the right that each needs, and its name on papers (千葉県運用規程 1-1, 4-4-4-1). */
export const accessMethods = {
  ocsp: { right: "ocsp", ja: "OCSPレスポンダ照会方法" },
  crlByLdap: { right: "crl", ja: "失効記録（CRL/ARL）提供方法（LDAP）" },
  crlByHttp: { right: "crl", ja: "失効記録（CRL/ARL）提供方法（HTTP）" },
  revocationInformation: { right: "revocationInformation", ja: "失効情報の提供" },
  revocationInformationFile: { right: "revocationInformationFile", ja: "失効情報ファイルの提供" },
} as const satisfies Record<string, { readonly right: VerifierRight; readonly ja: string }>;

/** One of the ways of giving. */
export type AccessMethod = keyof typeof accessMethods;

/** What was said of one certificate (4-4-4-2: 有効, 失効, 不明). `serial`: lower-case hexadecimal, as it was asked. */
export interface CertificateAnswer {
  readonly serial: string;
  readonly answer: "good" | "revoked" | "unknown";
}

/** What each right gives. */
export interface GivenByRight {
  readonly ocsp: { readonly method: "ocsp"; readonly answers: readonly [CertificateAnswer, ...CertificateAnswer[]] };
  readonly crl: {
    readonly method: "crlByLdap" | "crlByHttp";
    /** Number of the key generation whose list it is. */
    readonly generation: number;
    readonly partition: string;
    /** The list's number, decimal; `null` where the server cannot say which copy it read from (LDAP). */
    readonly crlNumber: string | null;
  };
  readonly revocationInformation: {
    readonly method: "revocationInformation";
    readonly partition: string;
    /** Number of the partition's newest revocation in it, and how many certificates it names. */
    readonly through: number;
    readonly certificates: number;
  };
  readonly revocationInformationFile: { readonly method: "revocationInformationFile"; readonly file: string };
}

/** One use: which verifier, for which 署名確認者 if for any, what it was given and when. */
export type AccessRecord = {
  readonly verifierId: string;
  readonly confirmer: string | null;
  readonly at: Date;
} & GivenByRight[VerifierRight];

/** The record of a use that was permitted; there is none without a permission for exactly this. */
export function accessRecord<Right extends VerifierRight>(
  { verifierId, confirmer }: Permission<Right>,
  given: GivenByRight[Right],
  at: Date,
): AccessRecord {
  return { verifierId, confirmer: confirmer ?? null, at, ...given };
}

/** How much a record counts (件数): each certificate asked about; each list, file or partition's 失効情報 fetched. */
export function usesIn(record: AccessRecord): number {
  return "answers" in record ? record.answers.length : 1;
}

/** The database will take at least one of these records at no time: trying again changes nothing. Carries its SQLSTATE alone. */
export class AccessRecordsRefused extends Error {
  override readonly name = "AccessRecordsRefused";
  readonly code: string;
  constructor(code: string) {
    super(`the database refuses access records (${code})`);
    this.code = code;
  }
}
