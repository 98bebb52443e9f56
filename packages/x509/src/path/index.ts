export type { PathCertificate } from "./path-certificate.ts";
export type { PathName } from "./path-name.ts";
export { PathStore } from "./path-store.ts";
export { anyPolicy } from "./policy-extensions.ts";
export * from "./validate-certification-path.ts";
