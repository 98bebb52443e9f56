import {
  type AgentResult,
  CardMisbehaved,
  type CardState,
  CLA_SIGN,
  cardSubjectPublicKeyInfo,
  digestInfoOf,
  exchangeOk,
  type GeneratedKey,
  INS,
  isSignaturePassword,
  JPKI,
  PASSWORD_NONCE_LENGTH,
  parseGeneratedKey,
  payloadDigest,
  planCommands,
  proofOfPossessionHash,
  proofOfPossessionMessage,
  SW,
  selectElementaryFile,
  setPasswordPayload,
} from "@mitome/card";
import {
  type AdministrationChannel,
  authorise,
  openChannel,
  sendSecured,
  withSecretPayload,
} from "./administration-channel.ts";
import { type CommandFor, type OperationContext, type Refused, refused } from "./operation.ts";
import { verifySignaturePassword } from "./password-operations.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/**
 * Makes the subscriber's key on the card, sets the password that its owner chose, and has the new key sign the proof of possession:
 * 千葉県運用規程 6-1-2, 6-4-2, 3-1-11. Before a certificate is stored it may simply be done again; the newest key counts.
 */
export async function makeKey(
  command: CommandFor<"makeKey">,
  state: CardState,
  context: OperationContext,
): Promise<AgentResult> {
  // A key with a certificate goes only by the named operation that erases it.
  if (state.certificateStored) return refused("cardHoldsCertificate");
  const password = await context.openPassword(command.params.sealedPassword);
  if (password === undefined) return refused("sealedPasswordUnusable");
  try {
    if (!isSignaturePassword(password)) return refused("passwordNotAllowed");
    const channel = await openChannel(context, command.commandId, command.cardNumber);
    if ("kind" in channel) return channel;
    // Not later than the key: its three years count from here (6-3-2).
    const keyGeneratedAt = context.now().toISOString();
    const counter = channel.counter;
    const generated = await generateKey(command, channel, context);
    if ("kind" in generated) return generated;
    const notSet = await setPassword(command, password, channel, context);
    if (notSet !== undefined) return notSet;
    const spki = cardSubjectPublicKeyInfo(generated.publicKey);
    const proof = await signProofOfPossession(
      command,
      spki,
      password,
      { ...state, passwordSet: true, triesLeft: 5 },
      context,
    );
    if ("kind" in proof) return proof;
    return {
      kind: "keyMade",
      publicKey: base64(spki),
      keyGeneratedAt,
      proofOfPossession: base64(proof),
      cardOrigin: {
        cardNumber: command.cardNumber,
        cardChallenge: base64(channel.cardChallenge),
        hostChallenge: base64(channel.hostChallenge),
        counter,
        mac: base64(generated.originMac),
      },
    };
  } finally {
    password.fill(0);
  }
}

async function generateKey(
  command: CommandFor<"makeKey">,
  channel: AdministrationChannel,
  context: OperationContext,
): Promise<GeneratedKey | Refused> {
  const { algorithm } = command.params;
  const caseChallenge = new Uint8Array(Buffer.from(command.params.caseChallenge, "base64"));
  const planned = planCommands({ name: "generateKey", algorithm, caseChallenge });
  const macs = await authorise(context, command.commandId, channel, { name: "generateKey", algorithm }, planned.length);
  if ("kind" in macs) return macs;
  context.progress("generateKey");
  const answer = await context.step("generateKey", () => sendSecured(context, channel, planned, macs));
  if (answer.sw === SW.functionNotSupported) return refused("algorithmNotOnCard");
  if (answer.sw === SW.secureMessagingIncorrect) return refused("notAuthorised", { why: "cardRefusedCommand" });
  if (answer.sw !== SW.ok) throw new CardMisbehaved("generateKeyPair", answer.sw);
  return parseGeneratedKey(answer.data);
}

async function setPassword(
  command: CommandFor<"makeKey">,
  password: Uint8Array,
  channel: AdministrationChannel,
  context: OperationContext,
): Promise<Refused | undefined> {
  const payload = setPasswordPayload(context.random(PASSWORD_NONCE_LENGTH), password);
  try {
    const commitment = payloadDigest(payload);
    const planned = withSecretPayload(planCommands({ name: "setPassword", commitment }), payload);
    const named = { name: "setPassword", commitment: base64(commitment) } as const;
    const macs = await authorise(context, command.commandId, channel, named, planned.length);
    if ("kind" in macs) return macs;
    context.progress("setPassword");
    const { sw } = await context.step("setPassword", () => sendSecured(context, channel, planned, macs));
    if (sw === SW.wrongData) return refused("passwordNotAllowed");
    if (sw === SW.secureMessagingIncorrect) return refused("notAuthorised", { why: "cardRefusedCommand" });
    if (sw !== SW.ok) throw new CardMisbehaved("resetRetryCounter", sw);
    return undefined;
  } finally {
    payload.fill(0);
  }
}

// The agent builds what is signed: nobody hands it a digest.
async function signProofOfPossession(
  command: CommandFor<"makeKey">,
  spki: Uint8Array,
  password: Uint8Array,
  state: CardState,
  context: OperationContext,
): Promise<Uint8Array | Refused> {
  const { caseId, cardNumber } = command;
  const { algorithm } = command.params;
  const caseChallenge = new Uint8Array(Buffer.from(command.params.caseChallenge, "base64"));
  const message = proofOfPossessionMessage({ caseChallenge, caseId, cardNumber, spki });
  const notVerified = await verifySignaturePassword(password, state, context);
  if (notVerified !== undefined) return notVerified;
  context.progress("proofOfPossession");
  await selectElementaryFile(context.card, JPKI.file.signatureKey);
  const data = digestInfoOf(proofOfPossessionHash(algorithm), message);
  const sign = { cla: CLA_SIGN, ins: INS.performSecurityOperation, p1: 0x00, p2: 0x80, data, le: 256 };
  return exchangeOk("performSecurityOperation", context.card, sign);
}
