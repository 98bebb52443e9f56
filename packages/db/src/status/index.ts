export { PostgresAccessRecords } from "./access-records.ts";
export { PostgresStatusSource, type StatusAddress } from "./status-source.ts";
export { PostgresVerifierRegistry, type VerifierWithKey } from "./verifier-registry.ts";
