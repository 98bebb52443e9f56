export { explainVerdict } from "./explain-verdict.ts";
export { parseSubtree } from "./name-constraints.ts";
export { type PathCertificate, readPathCertificate } from "./path-certificate.ts";
export { readPathCertificateList } from "./path-certificate-list.ts";
export {
  certificatesOfPair,
  type DirectoryEntry,
  type PathDirectory,
  validateWithDirectory,
} from "./path-directory.ts";
export type { PathGeneralName } from "./path-general-name.ts";
export type { PathName } from "./path-name.ts";
export { PathStore } from "./path-store.ts";
export { anyPolicy } from "./policy-extensions.ts";
export * from "./validate-certification-path.ts";
export type { RevocationMode, SignatureCache } from "./validation-run.ts";
