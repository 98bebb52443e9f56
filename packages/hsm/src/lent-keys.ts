import {
  type CardKeys,
  type ListSigningKey,
  NotActivated,
  SignerRefused,
  type SigningKey,
  SigningUnavailable,
} from "@mitome/ca";
import type { SignerClient } from "./authority-client.ts";
import type { CardSignerClient } from "./card-signer-client.ts";
import type { IntentClient } from "./instance-client.ts";
import type { OperatorClient } from "./operator-client.ts";
import type { SignerRefusal } from "./signer-connection.ts";

/** The core's port `SigningKey`, lent by a signer over its socket. */
export function signingKeyOf(client: SignerClient): SigningKey {
  return {
    ...intentsBy(client),
    activated: async () => (await client.status()).token === "ready",
    subscriberId: async (residentCode) => granted(await client.subscriberId(residentCode)).subscriberId,
  };
}

/** The core's port `ListSigningKey`, lent by a signer over its socket. */
export function listSigningKeyOf(client: SignerClient): ListSigningKey {
  return {
    expectList: async ({ generation, partition }, through) => {
      granted(await client.expectList({ generation, partition, through }));
    },
    signList: async ({ id, fence }) => granted(await client.signList(id, BigInt(fence))).signature,
  };
}

/** What of the port `SigningKey` certifies the authority's own keys, lent over the operator's socket alone. */
export function ownSigningKeyOf(client: OperatorClient): Pick<SigningKey, "macIntent" | "sign"> {
  return intentsBy(client);
}

function intentsBy(client: IntentClient): Pick<SigningKey, "macIntent" | "sign"> {
  return {
    macIntent: async (intent) => granted(await client.macIntent(intent)).mac,
    sign: async ({ id, fence }) => granted(await client.sign(id, BigInt(fence))).signature,
  };
}

/** The core's port `CardKeys`, lent by the card keys' signer over its socket. */
export function cardKeysOf(client: CardSignerClient): CardKeys {
  return {
    openSession: async ({ cardNumber, cardChallenge }) => granted(await client.openSession(cardNumber, cardChallenge)),
    verifyCard: async ({ cardCryptogram, ...session }) =>
      granted(await client.verifyCard(session, cardCryptogram)).right,
    authorise: async ({ counter, commands, ...session }) =>
      granted(await client.authorise(session, counter, commands)).macs,
    verifyOrigin: async ({ counter, caseChallenge, spki, mac, ...session }) =>
      granted(await client.verifyOrigin(session, { counter, caseChallenge, spki, mac })).right,
  };
}

/** A reply that is no refusal. Throws NotActivated, SigningUnavailable (ask again) or SignerRefused (it never will). */
function granted<Granted extends object>(reply: Granted | SignerRefusal): Granted {
  if (isRefusal(reply)) throw refusalAsError(reply);
  return reply;
}

function isRefusal(reply: object): reply is SignerRefusal {
  return "kind" in reply && (reply.kind === "refused" || reply.kind === "notActivated");
}

function refusalAsError(refusal: SignerRefusal): Error {
  if (refusal.kind === "notActivated") return new NotActivated("the key is not activated");
  switch (refusal.reason) {
    // Said about the intent itself: another try would hear the same.
    case "malformedRequest":
    case "macWrong":
    case "requestSignedBefore":
    case "ticketUsed":
    case "listNotNext":
    case "operatorsOnly":
      return new SignerRefused(refusal.reason);
    case "inspectionFailed":
      return refusal.detail === "clock"
        ? new SigningUnavailable("the clocks of authority and signer differ")
        : new SignerRefused(`${refusal.reason}: ${refusal.detail ?? ""}`);
    // Said about now: who holds the intent, the clock, the token's keys.
    case "intentUnknown":
    case "intentNotOpen":
    case "fenceWrong":
    case "clockUntrusted":
    case "keyUnknown":
    case "pinWrong":
    case "pinLocked":
    case "ticketExpired":
      return new SigningUnavailable(refusal.reason);
  }
}
