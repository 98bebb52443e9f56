import {
  type AgentResult,
  CardMisbehaved,
  type CardState,
  exchange,
  INS,
  isSignaturePassword,
  JPKI,
  parseResponse,
  type SealedPassword,
  SW,
  selectElementaryFile,
  triesLeft,
  verifyTemplate,
} from "@mitome/card";
import { type CommandFor, type OperationContext, type Refused, refused } from "./operation.ts";

/** Verifies the signature password, sealed or typed at the reader's pad. */
export async function verifyPassword(
  command: CommandFor<"verifyPassword">,
  state: CardState,
  context: OperationContext,
): Promise<AgentResult> {
  const { params } = command;
  const notVerified =
    "pinPad" in params ? await verifyAtPad(state, context) : await withPassword(params.sealedPassword, state, context);
  return notVerified ?? { kind: "passwordRight" };
}

/** Changes the signature password: the sealed text is current password, zero byte, new password. */
export async function changePassword(
  command: CommandFor<"changePassword">,
  state: CardState,
  context: OperationContext,
): Promise<AgentResult> {
  const both = await context.openPassword(command.params.sealedPassword);
  if (both === undefined) return refused("sealedPasswordUnusable");
  try {
    const at = both.indexOf(0);
    const next = both.subarray(at + 1);
    if (at < 0 || !isSignaturePassword(next)) return refused("passwordNotAllowed");
    const notVerified = await verifySignaturePassword(both.subarray(0, at), state, context);
    if (notVerified !== undefined) return notVerified;
    context.progress("changePassword");
    const change = { cla: 0, ins: INS.changeReferenceData, p1: 0x01, p2: 0x80, data: next };
    const { sw } = await context.step("changePassword", () => exchange(context.card, change));
    if (sw === SW.wrongData) return refused("passwordNotAllowed");
    if (sw !== SW.ok) throw new CardMisbehaved("changeReferenceData", sw);
    return { kind: "passwordChanged" };
  } finally {
    both.fill(0);
  }
}

/** Opens a sealed password, verifies it on the card and overwrites it; `undefined` when it was right. */
export async function withPassword(
  sealed: SealedPassword,
  state: CardState,
  context: OperationContext,
): Promise<Refused | undefined> {
  const password = await context.openPassword(sealed);
  if (password === undefined) return refused("sealedPasswordUnusable");
  try {
    return await verifySignaturePassword(password, state, context);
  } finally {
    password.fill(0);
  }
}

/** Verifies the signature password on the card; `undefined` when it was right. A wrong one spends one of five tries. */
export async function verifySignaturePassword(
  password: Uint8Array,
  state: CardState,
  context: OperationContext,
): Promise<Refused | undefined> {
  const unable = unableToVerify(state);
  if (unable !== undefined) return unable;
  context.progress("verifyPassword");
  await selectElementaryFile(context.card, JPKI.file.signaturePassword);
  const command = { cla: 0, ins: INS.verify, p1: 0x00, p2: 0x80, data: password };
  return afterVerify((await context.step("verifyPassword", () => exchange(context.card, command))).sw);
}

async function verifyAtPad(state: CardState, context: OperationContext): Promise<Refused | undefined> {
  if (!context.card.pinPad) return refused("noPinPad");
  const unable = unableToVerify(state);
  if (unable !== undefined) return unable;
  context.progress("verifyPassword");
  await selectElementaryFile(context.card, JPKI.file.signaturePassword);
  const { sw } = parseResponse(
    await context.step("verifyPassword", () => context.card.verifyAtPad(verifyTemplate(), { minimum: 4, maximum: 16 })),
  );
  return sw === SW.pinPadCancelled || sw === SW.pinPadTimeout ? refused("pinPadCancelled") : afterVerify(sw);
}

function unableToVerify(state: CardState): Refused | undefined {
  if (!state.passwordSet) return refused("noPasswordSet");
  return state.triesLeft === 0 ? refused("cardLocked", { triesLeft: 0 }) : undefined;
}

// 千葉県運用規程 2-1-3(16): after the fifth wrong entry the card is locked.
function afterVerify(sw: number): Refused | undefined {
  if (sw === SW.ok) return undefined;
  const tries = triesLeft(sw);
  if (tries === undefined) throw new CardMisbehaved("verify", sw);
  return refused(tries === 0 ? "cardLocked" : "wrongPassword", { triesLeft: tries });
}
