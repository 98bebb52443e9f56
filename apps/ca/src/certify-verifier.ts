/**
 * Gives a verifier a client certificate for the request that it sent:
 * `certify-verifier.ts <config.json> <verifier> <request.pem> <certificate.pem>`.
 */
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { certifyVerifier } from "@mitome/ca";
import { readCertificationRequest } from "./certification-request-file.ts";
import { loadAuthority } from "./load-authority.ts";
import { CannotDo, runScript } from "./operator-script.ts";
import { verifierOffice } from "./verifier-office.ts";

await runScript(
  "certify-verifier",
  ["<verifier>", "<request.pem>", "<certificate.pem>"],
  async (desk, verifier = "", request = "", file = "") => {
    const office = verifierOffice(desk);
    const certified = await certifyVerifier(office, desk.acting, verifier, readCertificationRequest(request));
    if (certified.kind === "refused") throw new CannotDo(`${verifier} got no certificate: ${certified.reason}`);
    const { equipmentRoot } = await loadAuthority(desk.ledger.reader, desk.configuration.authority);
    const chain = [certified.certificate, equipmentRoot.certificate];
    writeFileSync(file, chain.map((one) => new X509Certificate(one).toString()).join(""));
    return { verifier, certificate: file };
  },
);
