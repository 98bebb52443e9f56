import { headsBytes } from "@mitome/audit";
import { certificateFingerprint } from "@mitome/ca";
import { macWithToken } from "@mitome/hsm";
import type { AuthorityRequest } from "@mitome/hsm/protocol";
import type { IntentFields } from "@mitome/hsm/signer-client";
import { auditHeadsLabel, subscriberIdLabel } from "./inspection.ts";
import { type IntentSocket, isServedOn } from "./intent-sockets.ts";
import { answerSignature, type SigningParts, signIntent, signJournalled, wholeContent } from "./sign-intent.ts";
import { expectList, signList } from "./sign-list.ts";
import type { Answer } from "./socket-server.ts";

/** Serves an authority's socket. Only the id of an intent or of a list can lead to a signature of a certification key. */
export function serveAuthority(parts: SigningParts, status: () => Answer) {
  return async (request: AuthorityRequest): Promise<Answer> => {
    switch (request.op) {
      case "status":
        return status();
      case "macIntent":
        return macIntent(parts, "ordinary", request.intent);
      case "sign":
        return signIntent(parts, "ordinary", request);
      case "expectList":
        return expectList(parts, request);
      case "signList":
        return signList(parts, request);
      case "subscriberId": {
        // The pseudonym is of this authority: another one's token has another key.
        const input = Buffer.from(`mitome-subscriber-id-v1\0${request.residentCode}`);
        const mac = macWithToken(parts.token, subscriberIdLabel, input);
        return { kind: "answer", fields: { subscriberId: Buffer.from(mac).toString("hex") } };
      }
      case "signHeads": {
        const heads = request.heads.map((head) => ({ ...head, hash: Buffer.from(head.hash, "hex") }));
        const signature = await signJournalled(parts, {
          intent: null,
          request: null,
          ticket: null,
          label: auditHeadsLabel,
          content: wholeContent("ecdsa-with-SHA256", headsBytes(heads)),
        });
        return signature === undefined ? { kind: "notActivated" } : answerSignature(signature);
      }
      case "publicKey":
        return answerBytes("spki", parts.inspector.publicKey(request.label).subjectPublicKeyInfo);
    }
  };
}

/**
 * MACs an intent that is to be recorded. The MAC says "this signer found it right": the same inspection as before a
 * signature. Throws TokenLocked, KeyMissing, HsmUnavailable.
 */
export async function macIntent(
  parts: Pick<SigningParts, "ledger" | "inspector" | "clock">,
  socket: IntentSocket,
  intent: IntentFields,
): Promise<Answer> {
  if (!isServedOn(socket, intent.kind)) return { kind: "refused", reason: "operatorsOnly" };
  const { requesterCertificate } = intent;
  const fingerprint = requesterCertificate === null ? undefined : certificateFingerprint(requesterCertificate);
  const living =
    fingerprint !== undefined && (await parts.ledger.isLivingEquipment(fingerprint)) ? fingerprint : undefined;
  const approved = parts.inspector.approve(intent, living, parts.clock.now());
  if (approved.kind === "wrong") return { kind: "refused", reason: "inspectionFailed", detail: approved.detail };
  return answerBytes("mac", approved.mac);
}

/** Bytes as they travel on the socket, under one name. */
export function answerBytes(name: string, bytes: Uint8Array): Answer {
  return { kind: "answer", fields: { [name]: Buffer.from(bytes).toString("base64") } };
}
