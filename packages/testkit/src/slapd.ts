/** A private slapd for one test file: real server, own directory, gone afterwards. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningSlapd, type SlapdPlace, startSlapd } from "@mitome/directory/slapd";

/** A running test directory. */
export interface TestSlapd {
  readonly slapd: RunningSlapd;
  readonly url: string;
  /** Without TLS; the same as `url` where there is none. */
  readonly plainUrl: string;
  /** Ends the server and leaves its state. */
  halt(): Promise<void>;
  /** Starts it again on the same state and port. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a slapd for these authorities on a free port of the loopback, and on another one by ldaps where `tls` is given. */
export async function startTestSlapd(
  options: Pick<SlapdPlace, "authorities" | "tls" | "copyOf" | "trustFile">,
): Promise<TestSlapd> {
  const home = mkdtempSync(join(tmpdir(), "mtm-"));
  // Root's server runs as another user, who must pass through.
  chmodSync(home, 0o711);
  // By address: for "localhost" the LDAP client expects the machine's own name in a certificate.
  const plainUrl = `ldap://127.0.0.1:${await freePort()}`;
  const url = options.tls === undefined ? plainUrl : `ldaps://127.0.0.1:${await freePort()}`;
  const place: SlapdPlace = {
    ...options,
    directory: join(home, "directory"),
    urls: url === plainUrl ? [url] : [url, plainUrl],
  };
  let slapd = await startSlapd(place);
  return {
    get slapd() {
      return slapd;
    },
    url,
    plainUrl,
    halt: () => slapd.stop(),
    async resume() {
      slapd = await startSlapd(place);
    },
    async stop() {
      await slapd.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
