/**
 * OpenLDAP's own command-line tools as the client. They have no limit to a value's length (the LDAP libraries of npm
 * write no more than 16 MB), they are what verifiers use, and a process costs less than 10 ms: a prefecture's lists
 * are published in seconds.
 */
import { spawn } from "node:child_process";
import { RepositoryRefused, RepositoryUnavailable } from "@mitome/ca";
import { type DistinguishedName, formatDn } from "@mitome/x509";

/** A directory server and as whom it is spoken to. */
export interface DirectoryAccess {
  /** `ldap://`, `ldaps://` or, for a Unix socket, `ldapi://`. */
  readonly url: string;
  readonly bindName: DistinguishedName;
  /** Holds the password's octets and nothing else, no line's end either; readable by its owner alone. */
  readonly passwordFile: string;
  /** PEM of whom to trust for ldaps; nobody else is trusted. */
  readonly trustFile?: string;
  /** Milliseconds for one request, 120,000 where nothing is said: a value of 100 MB takes one second. */
  readonly timeout?: number;
}

/** The same for who only reads: anybody, where no name is given. */
export type DirectoryReader = Omit<DirectoryAccess, "bindName" | "passwordFile"> &
  Partial<Pick<DirectoryAccess, "bindName" | "passwordFile">>;

/** Result codes of RFC 4511, appendix A, that are no failure to somebody here. */
export const ldapResult = {
  success: 0,
  noSuchAttribute: 16,
  attributeOrValueExists: 20,
  noSuchObject: 32,
  entryAlreadyExists: 68,
} as const;

/**
 * Sends LDIF changes, which end at the first that fails. Answers the result code: success or one of `expected`; throws
 * `RepositoryUnavailable` when trying again may help and `RepositoryRefused` for any other.
 */
export async function modify(access: DirectoryAccess, ldif: string, expected: readonly number[] = []): Promise<number> {
  return judged(access, await run("ldapmodify", access, bound(access), ldif), expected);
}

/** As {@link modify}, for a whole entry. */
export async function add(access: DirectoryAccess, ldif: string, expected: readonly number[] = []): Promise<number> {
  return judged(access, await run("ldapmodify", access, [...bound(access), "-a"], ldif), expected);
}

/** Which entries, and which of their attributes, are asked for. */
export interface SearchTerms {
  readonly scope: "base" | "one";
  readonly filter: string;
  readonly attributes: readonly string[];
  /** How much LDIF is taken; a longer answer is `RepositoryUnavailable`, never a part of it. */
  readonly mostOctets?: number;
}

/** LDIF of what a search finds; empty when there is no such entry, or none that this name may see. */
export async function search(
  access: DirectoryReader,
  base: string,
  { scope, filter, attributes, mostOctets }: SearchTerms,
): Promise<Buffer> {
  const question = ["-LLL", "-o", "ldif-wrap=no", "-s", scope, "-b", base, filter, ...attributes];
  const outcome = await run("ldapsearch", access, [...bound(access), ...question], "", mostOctets);
  judged(access, outcome, [ldapResult.noSuchObject]);
  return outcome.output;
}

/** Whether a server answers at this URL, whoever asks. */
export async function isAnswering(server: Pick<DirectoryAccess, "url" | "trustFile">): Promise<boolean> {
  const { code } = await run("ldapsearch", server, ["-s", "base", "-b", "", "(objectClass=*)", "1.1"], "");
  return code === ldapResult.success;
}

function bound({ bindName, passwordFile }: DirectoryReader): string[] {
  return bindName === undefined || passwordFile === undefined ? [] : ["-D", formatDn(bindName), "-y", passwordFile];
}

interface ToolOutcome {
  /** The LDAP result code; `undefined` when the tool did not end by itself. */
  readonly code: number | undefined;
  readonly output: Buffer;
  readonly complaint: string;
}

function run(
  program: "ldapmodify" | "ldapsearch",
  { url, trustFile, timeout = 120_000 }: Pick<DirectoryAccess, "url" | "trustFile" | "timeout">,
  args: readonly string[],
  input: string,
  mostOctets = Number.POSITIVE_INFINITY,
): Promise<ToolOutcome> {
  const trust = trustFile === undefined ? [] : ["-o", `TLS_CACERT=${trustFile}`];
  const connection = ["-x", "-H", url, "-o", "nettimeout=10", "-o", "TLS_REQCERT=demand", ...trust];
  const tool = spawn(program, [...connection, ...args], {
    // No other configuration than this one: neither the machine's nor the user's.
    env: { PATH: process.env.PATH, LDAPNOINIT: "1" },
    stdio: ["pipe", "pipe", "pipe"],
    timeout,
    killSignal: "SIGKILL",
  });
  const chunks: Buffer[] = [];
  let complaint = "";
  let octets = 0;
  tool.stdout.on("data", (chunk: Buffer) => {
    octets += chunk.length;
    if (octets <= mostOctets) chunks.push(chunk);
    else {
      complaint = `an answer of more than ${mostOctets} octets`;
      tool.kill("SIGKILL");
    }
  });
  tool.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  // Whoever ended before reading everything says why by its exit code.
  tool.stdin.on("error", () => {});
  tool.stdin.end(input);
  return new Promise((resolve) => {
    tool.once("error", (problem) => resolve({ code: undefined, output: Buffer.alloc(0), complaint: problem.message }));
    tool.once("close", (code) => {
      // It may have ended by itself while the rest of a too long answer was on its way.
      const isWhole = code !== null && octets <= mostOctets;
      resolve({ code: isWhole ? code : undefined, output: Buffer.concat(chunks), complaint });
    });
  });
}

// RFC 4511 appendix A: timeLimitExceeded, busy, unavailable, other (a full disk).
const passing = new Set([3, 51, 52, 80]);
// The tools' own codes are negative, and exit codes are not: server down, time-out, no memory, no connection.
for (const own of [-1, -5, -10, -11]) passing.add(own & 0xff);

function judged(access: DirectoryReader, { code, complaint }: ToolOutcome, expected: readonly number[]): number {
  if (code === undefined || passing.has(code))
    throw new RepositoryUnavailable(`${access.url}: ${complaint.trim() || "no answer in time"}`);
  if (code === ldapResult.success || expected.includes(code)) return code;
  throw new RepositoryRefused(code, complaint.trim());
}
