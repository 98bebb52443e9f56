/** What OpenLDAP's own client sees: an eye that is not ours. */
import { spawnSync } from "node:child_process";

/** Who looks; nobody, when there is no name. */
export interface Eye {
  readonly url: string;
  readonly name?: string;
  readonly password?: string;
  /** In place of a password. */
  readonly passwordFile?: string;
  /** PEM of whom to trust for ldaps. */
  readonly trustFile?: string;
}

/** Result code and lines of one LDAP v3 search from a base entry. */
export function ldapsearch(
  eye: Eye,
  base: string,
  options: {
    readonly scope?: "base" | "one" | "sub";
    readonly filter?: string;
    readonly attributes?: readonly string[];
  } = {},
): { readonly code: number | null; readonly lines: readonly string[]; readonly complaint: string } {
  const { scope = "base", filter = "(objectClass=*)", attributes = [] } = options;
  const { status, stdout, stderr } = spawnSync(
    "ldapsearch",
    [
      ...["-P", "3", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", eye.url, "-s", scope, "-b", base],
      ...identityOf(eye),
      ...(eye.trustFile === undefined ? [] : ["-o", `TLS_CACERT=${eye.trustFile}`]),
      ...[filter, ...attributes],
    ],
    { env: { PATH: process.env.PATH, LDAPNOINIT: "1" }, encoding: "utf8", maxBuffer: 1 << 28, timeout: 60_000 },
  );
  return { code: status, lines: stdout.split("\n").filter((line) => line !== ""), complaint: stderr };
}

/** As ldapmodify: the result code of these LDIF changes; with `-c` of the last that failed. */
export function ldapmodify(eye: Eye, ldif: string, options: readonly string[] = []): number | null {
  return spawnSync("ldapmodify", ["-x", "-H", eye.url, ...identityOf(eye), ...options], {
    env: { PATH: process.env.PATH, LDAPNOINIT: "1" },
    input: ldif,
    timeout: 60_000,
  }).status;
}

function identityOf({ name, password = "", passwordFile }: Eye): string[] {
  if (name === undefined) return [];
  return ["-D", name, ...(passwordFile === undefined ? ["-w", password] : ["-y", passwordFile])];
}

/** The DER values of an attribute in what ldapsearch said. */
export function valuesOf(lines: readonly string[], attribute: string): Buffer[] {
  const start = `${attribute};binary:: `;
  return lines.filter((line) => line.startsWith(start)).map((line) => Buffer.from(line.slice(start.length), "base64"));
}
