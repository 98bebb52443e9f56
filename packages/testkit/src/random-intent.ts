import { randomBytes, randomUUID } from "node:crypto";
import type { IssuanceIntent } from "@mitome/ca";
import { serialNumberFromRandom } from "@mitome/x509";

/** An intent of an attempt for a resident of its own, of random octets in the lengths that a real one has. */
export function randomIntent(attempt: IssuanceIntent["attempt"]): IssuanceIntent {
  const serial = serialNumberFromRandom(randomBytes(20));
  return {
    fields: {
      id: randomUUID(),
      authority: attempt.authority,
      generation: 1,
      kind: "subscriber",
      serial,
      tbs: randomBytes(1_100),
      request: randomBytes(2_200),
      requestSignature: randomBytes(64),
      requesterCertificate: randomBytes(600),
    },
    ...{ serial, attempt, mac: randomBytes(32), requestHash: randomBytes(32), itemsDigest: randomBytes(32) },
    ...{ keyHash: randomBytes(32), registerVersion: 1, uniqueName: randomUUID() },
    subscriberId: randomBytes(32).toString("hex"),
    notBefore: new Date("2026-04-01T00:00:00Z"),
    notAfter: new Date("2029-03-31T14:59:59Z"),
  };
}
