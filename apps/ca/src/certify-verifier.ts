/**
 * Gives a verifier a client certificate for the request that it sent:
 * `certify-verifier.ts <config.json> <verifier> <request.pem> <certificate.pem>`.
 */
import { randomUUID, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { certificateFingerprint, decideVerifierKey, type VerifierCredential } from "@mitome/ca";
import { PostgresVerifierLedger } from "@mitome/db/ca";
import { parseCertificate } from "@mitome/x509";
import { readCertificationRequest } from "./certification-request-file.ts";
import { certifyMachine } from "./certify-machine.ts";
import { loadAuthority } from "./load-authority.ts";
import { CannotDo, runScript } from "./operator-script.ts";

await runScript(
  "certify-verifier",
  ["<verifier>", "<request.pem>", "<certificate.pem>"],
  async (desk, verifier = "", request = "", file = "") => {
    const registry = new PostgresVerifierLedger(desk.ledger);
    if ((await registry.read(verifier)) === undefined) throw new CannotDo(`no verifier ${verifier}`);
    const csr = readCertificationRequest(request);
    const decision = decideVerifierKey(csr);
    if (decision.kind === "refused") throw new CannotDo(`the request is not taken: ${decision.reason}`);
    const loaded = await loadAuthority(desk.ledger.reader, desk.configuration.authority);
    const machine = { kind: "verifier", municipality: "-", place: verifier };
    const certificate = await certifyMachine(desk, loaded, machine, csr);
    const { serialNumber: serial, validity } = parseCertificate(certificate);
    const credential: VerifierCredential = {
      ...{ kind: "clientCertificate", verifierId: verifier, fingerprint: certificateFingerprint(certificate), serial },
      ...{ ...validity, withdrawnAt: null },
    };
    const detail = { verifier, credential: credential.fingerprint };
    const event = { kind: "verifier.credentialGiven", result: "done", detail } as const;
    await registry.giveCredential(desk.acting, randomUUID(), credential, certificate, event);
    const root = new X509Certificate(loaded.equipmentRoot.certificate).toString();
    writeFileSync(file, `${new X509Certificate(certificate).toString()}${root}`);
    return { verifier, certificate: file };
  },
);
