import { execFile } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { sqlAs } from "@mitome/testkit/sql";

const run = promisify(execFile);

/**
 * Seconds that `openssl ca -gencrl` takes for a list of the revoked certificates in a ledger, the less of two runs, with
 * an RSA-2048 key in a file, no record and no check. Its reading of index.txt counts, our writing of it does not.
 */
export async function opensslListPeer(ownerUrl: string): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "gencrl-"));
  try {
    writeFileSync(join(directory, "ca.cnf"), configuration);
    writeFileSync(join(directory, "crlnumber"), "01\n");
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem"];
    await run("openssl", ["req", "-x509", ...key, "-subj", "/C=JP/O=Peer/CN=Peer CA", "-days", "30"], {
      cwd: directory,
    });
    await pipeline(Readable.from(indexLines(ownerUrl)), createWriteStream(join(directory, "index.txt")));
    return Math.min(await makeList(directory), await makeList(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function makeList(directory: string): Promise<number> {
  const started = performance.now();
  await run("openssl", ["ca", "-config", "ca.cnf", "-gencrl", "-out", "list.pem"], { cwd: directory });
  return (performance.now() - started) / 1000;
}

const configuration = `
[ca]
default_ca = peer
[peer]
database = index.txt
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_hours = 72
unique_subject = no
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
`;

/** OpenSSL's index.txt, a piece at a time: state, end, revocation with reason, serial, file, name. */
async function* indexLines(ownerUrl: string): AsyncGenerator<string> {
  const owner = sqlAs(ownerUrl);
  const time = 'YYMMDDHH24MISS"Z"';
  for (let from = 0; ; from += 50_000) {
    const [row] = await owner<{ lines: string | null }>`
      select string_agg(concat_ws(E'\t', 'R', to_char(not_after, ${time}),
        to_char(ended_at, ${time}) || ',' || revocation_reason, upper(serial), 'unknown', '/C=JP/CN=' || serial), E'\n')
        || E'\n' as lines
      from ca.certificate where state = 'revoked' and revocation_sequence > ${from} and revocation_sequence <= ${from + 50_000}`;
    if (row?.lines == null) break;
    yield row.lines;
  }
  await owner.end();
}
