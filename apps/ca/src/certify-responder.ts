/**
 * Certifies the key of an OCSP responder (千葉県運用規程 1-2, 1-3-2), by the grammar of everything that is signed:
 * `certify-responder.ts <config.json> <request.pem> <certificate.pem> <issuer.pem>`, the last of which it writes too.
 */
import { randomUUID, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { decideResponder, possessedKey, type SigningIntent, verifiedCertificate } from "@mitome/ca";
import { ownSigningKeyOf } from "@mitome/hsm/signer-client";
import { serialNumberFromRandom } from "@mitome/x509";
import { readCertificationRequest } from "./certification-request-file.ts";
import { loadAuthority } from "./load-authority.ts";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock, systemRandomness } from "./system-clock.ts";

const usage = ["<request.pem>", "<certificate.pem>", "<issuer.pem>"];
await runScript("certify-responder", usage, async (desk, request = "", file = "", issuer = "") => {
  const { acting, ledger, operators, configuration } = desk;
  const { definition, generations } = await loadAuthority(ledger.reader, configuration.authority);
  const generation = generations.get(configuration.generation);
  if (generation === undefined) throw new CannotDo(`no key generation ${configuration.generation}`);
  // 1. Decide.
  const csr = readCertificationRequest(request);
  const subjectPublicKeyInfo = possessedKey(csr);
  if (subjectPublicKeyInfo === undefined) throw new CannotDo(`${request} is not signed with the key that it names`);
  const serial = serialNumberFromRandom(systemRandomness.bytes(20));
  const plan = decideResponder({ definition, generation, subjectPublicKeyInfo, now: systemClock.now(), serial });
  if (plan.kind === "refused") throw new CannotDo(`the key may not be certified: ${plan.check}`);
  // 2. Have it inspected, and record exactly what will be signed.
  const kind = "ocsp-responder";
  const row = { id: randomUUID(), authority: definition.id, generation: generation.number, kind, serial } as const;
  const fields: SigningIntent = {
    ...row,
    tbs: plan.tbs,
    request: csr,
    requestSignature: null,
    requesterCertificate: null,
  };
  const signingKey = ownSigningKeyOf(desk.operatorSocket);
  const mac = await signingKey.macIntent(fields);
  const detail = { intent: fields.id, serial, generation: generation.number, kind };
  const { notBefore, notAfter } = plan;
  const recorded = { kind: "operational.intentRecorded", result: "done", detail } as const;
  const wanted = { fields, serial, mac, notBefore, notAfter };
  const intent = await operators.recordOperationalCertificateIntent(acting, wanted, ledger.run.id, recorded);
  // 3. Sign, verify, record.
  const signature = await signingKey.sign(intent);
  const certificate = verifiedCertificate(plan.tbs, plan.signatureAlgorithm, signature, generation);
  const issued = { kind: "operational.issued", result: "done", detail } as const;
  await operators.recordOperationalCertificate(acting, intent, certificate, issued);
  writeFileSync(file, new X509Certificate(certificate).toString());
  writeFileSync(issuer, new X509Certificate(generation.certificate).toString());
  return { serial, certificate: file };
});
