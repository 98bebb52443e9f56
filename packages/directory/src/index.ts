export { hashBindPassword } from "./bind-password.ts";
export * from "./certificate-directory.ts";
export * from "./directory-tree.ts";
export type { DirectoryAccess, DirectoryReader } from "./ldap-tools.ts";
export * from "./list-uses.ts";
export * from "./repository-target.ts";
export * from "./slapd-configuration.ts";
export { validateByDirectory } from "./validate-by-directory.ts";
export * from "./verifier-bind.ts";
