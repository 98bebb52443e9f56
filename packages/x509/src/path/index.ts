export { explainVerdict } from "./explain-verdict.ts";
export { parseSubtree } from "./name-constraints.ts";
export type { PathCertificate } from "./path-certificate.ts";
export type { PathGeneralName } from "./path-general-name.ts";
export type { PathName } from "./path-name.ts";
export { PathStore } from "./path-store.ts";
export { anyPolicy } from "./policy-extensions.ts";
export * from "./validate-certification-path.ts";
export type { RevocationMode, SignatureCache } from "./validation-run.ts";
