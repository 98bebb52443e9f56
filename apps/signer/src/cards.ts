import { createHash } from "node:crypto";
import {
  CHALLENGE_LENGTH,
  cardCryptogramInput,
  cardKeyDerivationData,
  commandMacInput,
  hostCryptogramInput,
  originMacInput,
  sessionKeyDerivationData,
} from "@mitome/card";
import { cardSessionMacs, randomBytesFromToken, type Token } from "@mitome/hsm";
import type { CardsRequest } from "@mitome/hsm/protocol";
import type { CardSessionFields } from "@mitome/hsm/signer-client";
import { equal } from "./inspection.ts";
import type { Answer } from "./socket-server.ts";

/** Label of the key from which every card's key is derived. */
export const cardMasterLabel = "card-master:1";

/**
 * Serves the card keys' socket. It answers MACs over byte strings of fixed shapes (packages/card), each beginning with
 * its purpose, so no answer can serve another purpose; keys never leave the token.
 */
export function serveCards(token: Token, status: () => Answer) {
  const macs = (session: CardSessionFields, messages: readonly Uint8Array[]): Uint8Array[] =>
    cardSessionMacs(
      token,
      cardMasterLabel,
      {
        cardKeyData: cardKeyDerivationData(session.cardNumber),
        sessionKeyData: sessionKeyDerivationData(session.cardChallenge, session.hostChallenge),
      },
      messages,
    );
  const answerRight = (session: CardSessionFields, message: Uint8Array, claimed: Uint8Array): Answer => {
    const [mac] = macs(session, [message]);
    return { kind: "answer", fields: { right: mac !== undefined && equal(mac, claimed) } };
  };

  return async (request: CardsRequest): Promise<Answer> => {
    switch (request.op) {
      case "status":
        return status();
      case "openSession": {
        const hostChallenge = randomBytesFromToken(token, CHALLENGE_LENGTH);
        const message = hostCryptogramInput(request.cardChallenge, hostChallenge);
        const [hostCryptogram] = macs({ ...request, hostChallenge }, [message]);
        return {
          kind: "answer",
          fields: { hostChallenge: base64(hostChallenge), hostCryptogram: base64(hostCryptogram) },
        };
      }
      case "verifyCard": {
        const message = cardCryptogramInput(request.cardChallenge, request.hostChallenge);
        return answerRight(request, message, request.cardCryptogram);
      }
      case "authorise": {
        const messages = request.commands.map(({ ins, p1, p2, dataDigest }, index) =>
          commandMacInput({ counter: request.counter + index, ins, p1, p2, payloadDigest: dataDigest }),
        );
        return { kind: "answer", fields: { macs: macs(request, messages).map(base64) } };
      }
      case "verifyOrigin": {
        const spkiDigest = createHash("sha256").update(request.spki).digest();
        const { counter, cardNumber, caseChallenge } = request;
        return answerRight(request, originMacInput({ counter, cardNumber, caseChallenge, spkiDigest }), request.mac);
      }
    }
  };
}

function base64(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("base64");
}
