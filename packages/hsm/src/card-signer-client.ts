import { z } from "zod";
import { InstanceClient } from "./instance-client.ts";
import type { SignerRefusal } from "./signer-connection.ts";
import { base64, wireBytes } from "./signer-protocol.ts";

const macsAnswer = z.looseObject({ macs: z.array(wireBytes) });
const rightAnswer = z.looseObject({ right: z.boolean() });
const openSessionAnswer = z.looseObject({ hostChallenge: wireBytes, hostCryptogram: wireBytes });

/** A card and the two challenges of its session (16 bytes each). */
export interface CardSessionFields {
  readonly cardNumber: string;
  readonly cardChallenge: Uint8Array;
  readonly hostChallenge: Uint8Array;
}

/** A command the card accepts only with its MAC: the header octets and SHA-256 of the payload. */
export interface CardCommandFields {
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly dataDigest: Uint8Array;
}

/** The instance that holds the card master key. Session keys never leave its token; only MACs do. */
export class CardSignerClient extends InstanceClient {
  /** Draws a host challenge in the token and answers the card's challenge with the host cryptogram. */
  async openSession(
    cardNumber: string,
    cardChallenge: Uint8Array,
  ): Promise<{ kind: "opened"; hostChallenge: Uint8Array; hostCryptogram: Uint8Array } | SignerRefusal> {
    const request = { op: "openSession", cardNumber, cardChallenge: base64(cardChallenge) } as const;
    const reply = await this.connection.request(request);
    return reply.kind === "answer" ? { kind: "opened", ...openSessionAnswer.parse(reply.value) } : reply;
  }

  /** Whether the card's cryptogram proves that it holds its card key. */
  async verifyCard(
    session: CardSessionFields,
    cardCryptogram: Uint8Array,
  ): Promise<{ kind: "verified"; right: boolean } | SignerRefusal> {
    const request = { op: "verifyCard", ...wireSession(session), cardCryptogram: base64(cardCryptogram) } as const;
    const reply = await this.connection.request(request);
    return reply.kind === "answer" ? { kind: "verified", right: rightAnswer.parse(reply.value).right } : reply;
  }

  /** Authorises commands in order, the first under `counter`, each next under one more. */
  async authorise(
    session: CardSessionFields,
    counter: number,
    commands: readonly CardCommandFields[],
  ): Promise<{ kind: "authorised"; macs: Uint8Array[] } | SignerRefusal> {
    const wireCommands = commands.map((command) => ({ ...command, dataDigest: base64(command.dataDigest) }));
    const request = { op: "authorise", ...wireSession(session), counter, commands: wireCommands } as const;
    const reply = await this.connection.request(request);
    return reply.kind === "answer" ? { kind: "authorised", macs: macsAnswer.parse(reply.value).macs } : reply;
  }

  /** Whether the card's MAC says that it made this public key itself, for this case. */
  async verifyOrigin(
    session: CardSessionFields,
    origin: {
      readonly counter: number;
      readonly caseChallenge: Uint8Array;
      readonly spki: Uint8Array;
      readonly mac: Uint8Array;
    },
  ): Promise<{ kind: "verified"; right: boolean } | SignerRefusal> {
    const reply = await this.connection.request({
      op: "verifyOrigin",
      ...wireSession(session),
      counter: origin.counter,
      caseChallenge: base64(origin.caseChallenge),
      spki: base64(origin.spki),
      mac: base64(origin.mac),
    });
    return reply.kind === "answer" ? { kind: "verified", right: rightAnswer.parse(reply.value).right } : reply;
  }
}

function wireSession(session: CardSessionFields) {
  return {
    cardNumber: session.cardNumber,
    cardChallenge: base64(session.cardChallenge),
    hostChallenge: base64(session.hostChallenge),
  };
}
