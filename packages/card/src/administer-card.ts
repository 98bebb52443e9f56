import { type CommandApdu, encodeCommand } from "./apdu.ts";
import { CardMisbehaved, type CardTransport } from "./card-transport.ts";
import { INS } from "./jpki-application.ts";
import { overwritable } from "./overwritable.ts";
import type { PlannedCommand } from "./plan-commands.ts";
import { exchange, exchangeOk } from "./read-card.ts";
import { CHALLENGE_LENGTH } from "./secure-messaging.ts";
import { SW } from "./status-words.ts";
import { CLA_SECURED, WRITE_INS } from "./write-profile.ts";

/** Asks the card for its challenge, 16 bytes; ends a session that was open. */
export async function requestCardChallenge(card: CardTransport): Promise<Uint8Array> {
  return exchangeOk("getChallenge", card, { cla: 0, ins: INS.getChallenge, p1: 0, p2: 0, le: CHALLENGE_LENGTH });
}

/**
 * Carries the CA's challenge and cryptogram to the card and returns the card's cryptogram, 16 bytes; the next secured command has
 * counter 1. `null`: the card does not take the host for the CA.
 */
export async function authenticateMutually(
  card: CardTransport,
  host: { readonly hostChallenge: Uint8Array; readonly hostCryptogram: Uint8Array },
): Promise<Uint8Array | null> {
  const data = Uint8Array.of(...host.hostChallenge, ...host.hostCryptogram);
  const command = { cla: 0, ins: WRITE_INS.mutualAuthenticate, p1: 0, p2: 0, data, le: 16 };
  const answer = await exchange(card, command);
  if (answer.sw === SW.authenticationFailed) return null;
  if (answer.sw !== SW.ok) throw new CardMisbehaved("mutualAuthenticate", answer.sw);
  return answer.data;
}

/** A planned command with payload, counter and the CA's MAC, ready for the card. */
export function securedCommand(
  planned: Pick<PlannedCommand, "ins" | "p1" | "p2">,
  secured: { readonly counter: number; readonly payload: Uint8Array; readonly mac: Uint8Array },
): CommandApdu {
  const data = overwritable(4 + secured.payload.length + secured.mac.length);
  new DataView(data.buffer).setUint32(0, secured.counter, false);
  data.set(secured.payload, 4);
  data.set(secured.mac, 4 + secured.payload.length);
  const { ins, p1, p2 } = planned;
  const command = { cla: CLA_SECURED, ins, p1, p2, data };
  // Only GENERATE ASYMMETRIC KEY PAIR answers with data.
  return ins === WRITE_INS.generateKeyPair ? { ...command, le: 256 } : command;
}

/** Bytes of a VERIFY command without its data, for a reader whose PIN pad completes it. */
export function verifyTemplate(): Uint8Array {
  return encodeCommand({ cla: 0, ins: INS.verify, p1: 0x00, p2: 0x80 });
}
