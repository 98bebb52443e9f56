/** OpenSSL's opinion of a path. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { now } from "./hierarchy.fixture.ts";

/** A path in DER, as `openssl verify` takes it. */
export interface OpensslPath {
  readonly root: Uint8Array;
  readonly certificates: readonly Uint8Array[];
  readonly lists?: readonly Uint8Array[];
  readonly target: Uint8Array;
}

/** `openssl verify` with a folder of its own; `end` removes it. */
export class OpensslVerify {
  readonly #folder = mkdtempSync(join(tmpdir(), "mitome-path-"));

  /** "OK", or what OpenSSL has against the path. */
  ask({ root, certificates, lists = [], target }: OpensslPath, options: readonly string[]): string {
    const { stdout, stderr } = spawnSync(
      "openssl",
      [
        ...["verify", "-attime", String(now.getTime() / 1000), ...options],
        ...["-trusted", this.#file("root.pem", "CERTIFICATE", [root])],
        ...(certificates.length === 0 ? [] : ["-untrusted", this.#file("others.pem", "CERTIFICATE", certificates)]),
        ...(lists.length === 0 ? [] : ["-CRLfile", this.#file("lists.pem", "X509 CRL", lists)]),
        this.#file("target.pem", "CERTIFICATE", [target]),
      ],
      { cwd: this.#folder, encoding: "utf8" },
    );
    if (stdout.endsWith(": OK\n")) return "OK";
    return /error \d+ at \d+ depth lookup: (.*)/.exec(stderr)?.[1] ?? stderr.split("\n")[0] ?? "";
  }

  end(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #file(name: string, label: string, all: readonly Uint8Array[]): string {
    writeFileSync(join(this.#folder, name), all.map((der) => pem(label, der)).join(""));
    return name;
  }
}

function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
