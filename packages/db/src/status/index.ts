export { PostgresAccessRecords } from "./access-records.ts";
export { readDisclosedAnswers } from "./disclosed-answers.ts";
export { type CertificateOnRecord, PostgresPublicRecords, type PublicReading } from "./public-records.ts";
export {
  PostgresRevocationInformation,
  type RevocationInformation,
  type RevocationInformationFile,
} from "./revocation-information.ts";
export { PostgresStatusSource, type StatusAddress } from "./status-source.ts";
export { readUseCounts } from "./use-counts.ts";
export { PostgresVerifierRegistry, type VerifierWithKey } from "./verifier-registry.ts";
