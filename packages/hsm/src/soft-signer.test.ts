import { randomBytes, randomUUID } from "node:crypto";
import { decideIssuance, type SigningIntent, suiteOf, uniqueNameFromRandom } from "@mitome/ca";
import {
  makeSoftAuthority,
  makeSoftKey,
  parsedRequest,
  requestPayload,
  signRequest,
} from "@mitome/testkit/soft-authority";
import { SoftSigner } from "@mitome/testkit/soft-signer";
import { serialNumberFromRandom, verifySignature } from "@mitome/x509";
import { describe } from "vitest";
import { signerContract } from "./signer-contract.ts";

describe("the signer in memory keeps the signer's contract", () => {
  const now = new Date("2026-04-01T00:00:00Z");
  const authority = makeSoftAuthority(now);
  const server = authority.equip("server", "121002", "chiba-1");
  const subscriber = makeSoftKey({ kind: "rsa", bits: 2048 });
  const rows = new Map<string, { intent: SigningIntent; mac: Uint8Array; fence: number }>();
  const signer = new SoftSigner(
    authority,
    async (id) => rows.get(id),
    () => now,
  );

  signerContract(() => ({
    key: signer,
    async rightIntent() {
      const payload = requestPayload(subscriber.subjectPublicKeyInfo, now, { caseId: randomUUID() });
      const plan = decideIssuance(parsedRequest(payload), {
        definition: authority.definition,
        generation: authority.generation,
        callerMunicipality: "121002",
        now,
        serial: serialNumberFromRandom(randomBytes(20)),
        uniqueName: uniqueNameFromRandom(randomBytes(16)),
      });
      if (plan.kind !== "plan") throw new Error(plan.reason);
      const request = signRequest(server, payload);
      return {
        id: randomUUID(),
        authority: authority.definition.id,
        generation: 1,
        kind: "subscriber",
        serial: plan.serial,
        tbs: plan.tbs,
        request: request.payload,
        requestSignature: request.signature,
        requesterCertificate: server.certificate,
      };
    },
    async record(intent, mac) {
      rows.set(intent.id, { intent, mac, fence: 1 });
    },
    async verifies(intent, signature) {
      const { signatureAlgorithm } = suiteOf(authority.definition);
      return verifySignature(authority.key.subjectPublicKeyInfo, signatureAlgorithm, intent.tbs, signature);
    },
    async setActivated(activated) {
      signer.active = activated;
    },
  }));
});
