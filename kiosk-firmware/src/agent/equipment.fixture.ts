import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of one test machine's equipment certificate. */
export interface EquipmentFiles {
  readonly cert: string;
  readonly key: string;
}

/** A test equipment root, made by OpenSSL, in a directory. */
export class EquipmentRoot {
  readonly #directory: string;
  /** PEM file. */
  readonly ca: string;
  readonly #key: string;

  constructor(directory: string, name = "root") {
    this.#directory = directory;
    this.ca = join(directory, `${name}.pem`);
    this.#key = join(directory, `${name}.key`);
    openssl(
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout ${this.#key} -out ${this.ca}`,
      ["-subj", "/C=JP/O=Mitome Equipment chiba/CN=Equipment Root 1"],
    );
  }

  /** Certifies a given key (DER SubjectPublicKeyInfo); returns the certificate in DER. */
  certify(spki: Uint8Array, kind: string, place: string): Buffer {
    const issued = this.issue(kind, place);
    const base = issued.cert.replace(/\.pem$/, "");
    writeFileSync(
      `${base}.pub`,
      createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }).export({ format: "pem", type: "spki" }),
    );
    openssl(
      `x509 -req -in ${base}.csr -force_pubkey ${base}.pub -CA ${this.ca} -CAkey ${this.#key} -days 365 -extfile ${base}.ext -out ${issued.cert}`,
    );
    return new X509Certificate(readFileSync(issued.cert)).raw;
  }

  /** Issues a certificate for a machine. */
  issue(
    kind: string,
    place: string,
    options: { municipality?: string; authority?: string; days?: number } = {},
  ): EquipmentFiles {
    const { municipality = "121002", authority = "chiba", days = 365 } = options;
    const base = join(this.#directory, `${kind}-${place}-${municipality}-${authority}-${days}`);
    const files = { cert: `${base}.pem`, key: `${base}.key` };
    const san = `URI:urn:mitome:equipment:${authority}:${kind}:${municipality}:${place}${kind.endsWith("server") ? ",DNS:localhost" : ""}`;
    writeFileSync(
      `${base}.ext`,
      `subjectAltName=${san}\nextendedKeyUsage=clientAuth,serverAuth\nbasicConstraints=CA:FALSE\n`,
    );
    openssl(`req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${files.key} -out ${base}.csr`, [
      "-subj",
      `/O=${municipality}/OU=${kind}/CN=${place}`,
    ]);
    openssl(
      `x509 -req -in ${base}.csr -CA ${this.ca} -CAkey ${this.#key} -days ${days} -extfile ${base}.ext -out ${files.cert}`,
    );
    return files;
  }
}

/** The text of a PEM file. */
export function pem(path: string): string {
  return readFileSync(path, "utf8");
}

function openssl(words: string, more: readonly string[] = []): void {
  execFileSync("openssl", [...words.split(" "), ...more], { stdio: "pipe" });
}
