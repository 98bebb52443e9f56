import {
  type AuthorisedCommandName,
  authenticateMutually,
  exchange,
  type PlannedCommand,
  payloadDigest,
  type ResponseApdu,
  requestCardChallenge,
  SW,
  securedCommand,
} from "@mitome/card";
import { AuthorityUnavailable, type OperationContext, type Refused, refused } from "./operation.ts";

/** A mutual authentication between card and CA, with the agent as the carrier. The session key is with neither of us. */
export interface AdministrationChannel {
  readonly cardNumber: string;
  readonly cardChallenge: Uint8Array;
  readonly hostChallenge: Uint8Array;
  readonly cardCryptogram: Uint8Array;
  /** Counter of the next secured command. */
  counter: number;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

/** Opens the channel: the card's challenge to the CA, the CA's cryptogram to the card. */
export async function openChannel(
  context: OperationContext,
  commandId: string,
  cardNumber: string,
): Promise<AdministrationChannel | Refused> {
  context.progress("authenticate");
  const cardChallenge = await requestCardChallenge(context.card);
  const need = { type: "need", commandId, need: "hostChallenge", cardNumber } as const;
  const answer = await context.need({ ...need, cardChallenge: base64(cardChallenge) });
  if (answer.kind === "refused") return refused("notAuthorised", { why: answer.reason });
  if (answer.kind !== "hostChallenge") throw new AuthorityUnavailable("the gateway answered another need");
  const hostChallenge = bytes(answer.hostChallenge);
  const hostCryptogram = bytes(answer.hostCryptogram);
  const cardCryptogram = await authenticateMutually(context.card, { hostChallenge, hostCryptogram });
  if (cardCryptogram === null) return refused("notAuthorised", { why: "cardRefusedHost" });
  return { cardNumber, cardChallenge, hostChallenge, cardCryptogram, counter: 1 };
}

/** Has the CA authorise one named command: one MAC for each of its planned secured commands. */
export async function authorise(
  context: OperationContext,
  commandId: string,
  channel: AdministrationChannel,
  command: AuthorisedCommandName,
  count: number,
): Promise<readonly Uint8Array[] | Refused> {
  const answer = await context.need({
    type: "need",
    commandId,
    need: "macs",
    cardNumber: channel.cardNumber,
    cardChallenge: base64(channel.cardChallenge),
    hostChallenge: base64(channel.hostChallenge),
    cardCryptogram: base64(channel.cardCryptogram),
    counter: channel.counter,
    command,
  });
  if (answer.kind === "refused") return refused("notAuthorised", { why: answer.reason });
  if (answer.kind !== "macs") throw new AuthorityUnavailable("the gateway answered another need");
  // The CA planned other bytes than were handed to this terminal.
  if (answer.macs.length !== count) return refused("notAuthorised", { why: "otherPlan" });
  return answer.macs.map(bytes);
}

/** Sends planned commands with their MACs; stops at the first that the card does not take. Returns the last answer. */
export async function sendSecured(
  context: OperationContext,
  channel: AdministrationChannel,
  planned: readonly PlannedCommand[],
  macs: readonly Uint8Array[],
): Promise<ResponseApdu> {
  let answer: ResponseApdu = { data: new Uint8Array(0), sw: SW.ok };
  for (const [index, command] of planned.entries()) {
    const mac = macs[index];
    const { payload } = command;
    if (mac === undefined || payload === undefined) throw new TypeError("a planned command has no payload or no MAC");
    const secured = securedCommand(command, { counter: channel.counter, payload, mac });
    try {
      answer = await exchange(context.card, secured);
    } finally {
      secured.data?.fill(0);
    }
    channel.counter += 1;
    if (answer.sw !== SW.ok) return answer;
  }
  return answer;
}

/** The plan of a password: its payload stays here, the CA gets the digest. */
export function withSecretPayload(planned: readonly PlannedCommand[], payload: Uint8Array): readonly PlannedCommand[] {
  return planned.map((command) => ({ ...command, payload, payloadDigest: payloadDigest(payload) }));
}
