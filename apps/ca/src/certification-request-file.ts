import { readFileSync } from "node:fs";
import { CannotDo } from "./operator-script.ts";

/** The octets of a PKCS#10 request in PEM. Throws CannotDo. */
export function readCertificationRequest(file: string): Uint8Array {
  const text = readFileSync(file, "utf8");
  const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]+)-----END/.exec(text)?.[1];
  if (body === undefined) throw new CannotDo(`${file} holds no certification request (PKCS#10, PEM)`);
  return Buffer.from(body, "base64");
}
