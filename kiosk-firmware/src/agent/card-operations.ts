import { createHash } from "node:crypto";
import {
  type AgentCommand,
  type AgentResult,
  CardMisbehaved,
  type CardState,
  JPKI,
  type PlannedCommand,
  planCommands,
  readCardState,
  readCertificate,
  SW,
  selectJpki,
} from "@mitome/card";
import { authorise, openChannel, sendSecured } from "./administration-channel.ts";
import { makeKey } from "./make-key.ts";
import { type CommandFor, type OperationContext, refused } from "./operation.ts";
import { changePassword, verifyPassword, withPassword } from "./password-operations.ts";

/**
 * Runs one named operation on the card that is held. The card's state is read anew each time; only the command's own card is touched.
 * Throws what the card, the reader, the authority or the connection could not do.
 */
export async function runOperation(command: AgentCommand, context: OperationContext): Promise<AgentResult> {
  const state = (await selectJpki(context.card)) ? await readCardState(context.card) : null;
  if (command.operation === "status") return { kind: "status", card: state, pinPad: context.card.pinPad };
  if (state?.cardNumber !== command.cardNumber) return refused("otherCard");
  switch (command.operation) {
    case "makeKey":
      return makeKey(command, state, context);
    case "storeCertificates":
      return storeCertificates(command, state, context);
    case "verifyPassword":
      return verifyPassword(command, state, context);
    case "changePassword":
      return changePassword(command, state, context);
    case "erase":
      return erase(command, context);
    case "readCertificates":
      return readCertificates(command, state, context);
  }
}

// 千葉県運用規程 4-3-1: the certificate and the governor's self-signed certificate go onto the card. Storing the same bytes again is
// harmless, so an interrupted store is simply done anew; what was read back decides.
async function storeCertificates(
  command: CommandFor<"storeCertificates">,
  state: CardState,
  context: OperationContext,
): Promise<AgentResult> {
  if (state.keyAlgorithm === null) return refused("noKey");
  const certificate = new Uint8Array(Buffer.from(command.params.certificate, "base64"));
  const authorityCertificate = new Uint8Array(Buffer.from(command.params.authorityCertificate, "base64"));
  const channel = await openChannel(context, command.commandId, command.cardNumber);
  if ("kind" in channel) return channel;
  const store = async (
    step: "storeCertificate" | "storeAuthorityCertificate",
    planned: readonly PlannedCommand[],
  ): Promise<AgentResult | undefined> => {
    context.progress(step);
    const named =
      step === "storeCertificate"
        ? ({ name: step, serial: command.params.serial } as const)
        : ({ name: step } as const);
    const macs = await authorise(context, command.commandId, channel, named, planned.length);
    if ("kind" in macs) return macs;
    const { sw } = await context.step(step, () => sendSecured(context, channel, planned, macs));
    if (sw === SW.secureMessagingIncorrect) return refused("notAuthorised", { why: "cardRefusedCommand" });
    if (sw !== SW.ok) throw new CardMisbehaved(step, sw);
    return undefined;
  };
  const authorityPlan = planCommands({ name: "storeAuthorityCertificate", certificate: authorityCertificate });
  const notStored =
    (await store("storeAuthorityCertificate", authorityPlan)) ??
    (await store("storeCertificate", planCommands({ name: "storeCertificate", certificate })));
  if (notStored !== undefined) return notStored;
  context.progress("readBack");
  const written = await readCertificate(context.card, JPKI.file.signatureCertificate);
  const authorityWritten = await readCertificate(context.card, JPKI.file.signatureAuthorityCertificate);
  if (!same(written, certificate) || !same(authorityWritten, authorityCertificate)) return refused("readBackDiffers");
  return {
    kind: "certificatesStored",
    certificateHash: hashOf(written),
    authorityCertificateHash: hashOf(authorityWritten),
  };
}

async function erase(command: CommandFor<"erase">, context: OperationContext): Promise<AgentResult> {
  const channel = await openChannel(context, command.commandId, command.cardNumber);
  if ("kind" in channel) return channel;
  const planned = planCommands({ name: "erase" });
  const macs = await authorise(context, command.commandId, channel, { name: "erase" }, planned.length);
  if ("kind" in macs) return macs;
  context.progress("erase");
  const { sw } = await context.step("erase", () => sendSecured(context, channel, planned, macs));
  if (sw === SW.secureMessagingIncorrect) return refused("notAuthorised", { why: "cardRefusedCommand" });
  if (sw !== SW.ok) throw new CardMisbehaved("erase", sw);
  return { kind: "erased" };
}

async function readCertificates(
  command: CommandFor<"readCertificates">,
  state: CardState,
  context: OperationContext,
): Promise<AgentResult> {
  const { sealedPassword } = command.params;
  if (sealedPassword !== undefined) {
    const notVerified = await withPassword(sealedPassword, state, context);
    if (notVerified !== undefined) return notVerified;
  }
  const text = (certificate: Uint8Array | null): string | null =>
    certificate === null ? null : Buffer.from(certificate).toString("base64");
  return {
    kind: "certificates",
    certificate:
      sealedPassword === undefined ? null : text(await readCertificate(context.card, JPKI.file.signatureCertificate)),
    authorityCertificate: text(await readCertificate(context.card, JPKI.file.signatureAuthorityCertificate)),
  };
}

function same(read: Uint8Array | null, wanted: Uint8Array): read is Uint8Array {
  return read !== null && Buffer.compare(read, wanted) === 0;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
