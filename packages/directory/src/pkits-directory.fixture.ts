/** A slapd with the LDIF of NIST's Public Key Interoperability Test Suite, which stands beside the project, not in it. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { vi } from "vitest";
import { pkitsFolder as folder, pkitsMissing } from "../../x509/src/path/pkits.fixture.ts";
import { isAnswering } from "./ldap-tools.ts";

const files = ["pkits.ldif.gz", "certpairs.json.gz"].map((file) => join(folder, file));
const missing = [...files, "/usr/sbin/slapd"].filter((path) => !existsSync(path));

/** Why the suite cannot be run here; `undefined` where it can. */
export const pkitsDirectoryMissing: string | undefined =
  pkitsMissing ??
  (missing.length === 0 ? undefined : `needs slapd and the suite's LDIF; missing: ${missing.join(", ")}`);

/** The suite's LDIF names its values by files: here they stand in it, in base64. */
function pkitsLdif(): string {
  const pairs: { readonly cases: readonly { readonly id: string; readonly der: string }[] } = JSON.parse(
    gunzipSync(readFileSync(join(folder, "certpairs.json.gz"))).toString(),
  );
  const pairOf = new Map(pairs.cases.map(({ id, der }) => [id, der]));
  return gunzipSync(readFileSync(join(folder, "pkits.ldif.gz")))
    .toString("utf8")
    .replaceAll(/:< file:\/\/\/tmp\/(\w+)\/(.*)/g, (_, kind: string, name: string) => {
      const value = kind === "certpairs" ? pairOf.get(name) : readFileSync(join(folder, kind, name), "base64");
      if (value === undefined) throw new RangeError(`the suite has no ${kind}/${name}`);
      return `:: ${value}`;
    });
}

// The suite's entries use four object classes of other products' schemas.
const schema = `
objectclass ( 2.999.1 NAME 'entrustDNQualifierUser' SUP top AUXILIARY MAY dnQualifier )
objectclass ( 2.999.2 NAME 'naturalPerson' SUP top AUXILIARY MAY pseudonym )
objectclass ( 2.999.3 NAME 'entrustNamedObject' SUP top AUXILIARY MAY generationQualifier )
objectclass ( 2.999.4 NAME 'opencaEmailAddress' SUP top AUXILIARY MAY email )
`;

const configuration = (home: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
${schema}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${join(home, "pid")}
database mdb
suffix "o=Test Certificates 2011,c=US"
directory ${join(home, "database")}
maxsize 268435456
access to * by * read
`;

/** A running slapd that shows anybody the suite. */
export interface PkitsDirectory {
  readonly url: string;
  stop(): Promise<void>;
}

/** Loads the suite and serves it on a Unix socket. */
export async function startPkitsDirectory(): Promise<PkitsDirectory> {
  const home = mkdtempSync(join(tmpdir(), "mtm-"));
  const remove = () => rmSync(home, { recursive: true, force: true });
  try {
    const { url, stop } = await serve(home);
    return { url, stop: () => stop().then(remove) };
  } catch (problem) {
    remove();
    throw problem;
  }
}

async function serve(home: string): Promise<PkitsDirectory> {
  mkdirSync(join(home, "database"));
  const file = join(home, "slapd.conf");
  writeFileSync(file, configuration(home));
  execFileSync("/usr/sbin/slapadd", ["-f", file], { input: pkitsLdif(), stdio: ["pipe", "ignore", "pipe"] });
  const url = `ldapi://${encodeURIComponent(join(home, "ldapi"))}`;
  // No slapd without whoever started it.
  const keeper = ["--core=0", "setpriv", "--pdeathsig", "TERM"];
  const server = spawn("prlimit", [...keeper, "/usr/sbin/slapd", "-d", "0", "-f", file, "-h", url], {
    stdio: "ignore",
  });
  const gone = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) server.kill("SIGTERM");
    await gone;
  };
  try {
    await vi.waitFor(async () => {
      if (!(await isAnswering({ url }))) throw new Error("slapd does not answer");
    }, 20_000);
  } catch (problem) {
    await stop();
    throw problem;
  }
  return { url, stop };
}
