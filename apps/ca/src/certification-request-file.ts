import { readFileSync } from "node:fs";
import { certificationRequestIn } from "@mitome/ca";
import { CannotDo } from "./operator-script.ts";

/** The octets of a PKCS#10 request in PEM or DER. Throws CannotDo. */
export function readCertificationRequest(file: string): Uint8Array {
  const request = certificationRequestIn(readFileSync(file));
  if (request === undefined) throw new CannotDo(`${file} holds no certification request (PKCS#10)`);
  return request;
}
