/** The contract between municipalities and the authority as tRPC routers: wire to domain and back, nothing else. */
import type { HeldCertificate, IssuanceAnswer, MalformedRequest, Revocation, RevocationAnswer } from "@mitome/ca";
import { initTRPC, TRPCError } from "@trpc/server";
import type { z } from "zod";
import type { CallContext, EnrolmentContext } from "./call-context.ts";
import { errorShape, worldly } from "./call-error.ts";
import * as shapes from "./shapes.ts";

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");

const t = initTRPC.context<CallContext>().create({ errorFormatter: errorShape });

/** The world is unable for now: safe to send again. */
const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  throw worldly(result.error);
});

/**
 * For municipalities' servers alone. A device agent's certificate is good for its own renewal and nothing else: a stolen
 * terminal can open no case and authorise no card command.
 */
const byServer = procedure.use(({ ctx, next }) => {
  if (ctx.caller.kind !== "server") throw new TRPCError({ code: "FORBIDDEN" });
  return next();
});

const holdingOnWire = (held: HeldCertificate | undefined): z.output<typeof shapes.holdingAnswer> =>
  held === undefined
    ? { kind: "none" }
    : {
        kind: "holds",
        serial: held.serial,
        notBefore: held.notBefore.toISOString(),
        notAfter: held.notAfter.toISOString(),
        municipality: held.municipality,
      };

function issuanceOnWire(answer: IssuanceAnswer | MalformedRequest): z.output<typeof shapes.issuanceAnswer> {
  switch (answer.kind) {
    case "malformed":
      throw new TRPCError({ code: "BAD_REQUEST", message: `payload.${answer.field}` });
    case "issued":
      return {
        ...answer,
        certificate: base64(answer.certificate),
        issuerCertificate: base64(answer.issuerCertificate),
      };
    case "refused":
      return answer.reason === "subscriberAlreadyHasCertificate"
        ? { ...answer, notAfter: answer.notAfter.toISOString() }
        : answer;
  }
}

const revoked = ({ reason, revokedAt }: Revocation) => ({ reason, revokedAt: revokedAt.toISOString() });

function revocationOnWire(answer: RevocationAnswer | MalformedRequest): z.output<typeof shapes.revocationAnswer> {
  if (answer.kind === "malformed") throw new TRPCError({ code: "BAD_REQUEST", message: `payload.${answer.field}` });
  if (answer.kind === "revoked") return { kind: answer.kind, serial: answer.serial, ...revoked(answer) };
  switch (answer.reason) {
    case "alreadyRevoked":
      return { ...answer, revocation: revoked(answer.revocation) };
    case "certificateExpired":
      return { ...answer, notAfter: answer.notAfter.toISOString() };
    default:
      return answer;
  }
}

const authority = t.router({
  describe: byServer.output(shapes.description).query(async ({ ctx }) => {
    const { definition, generations, currentGeneration, issuing } = await ctx.authority.describe();
    return {
      authority: definition.id,
      practice: definition.practice,
      suite: definition.suite,
      prefecture: definition.prefecture,
      municipalities: definition.municipalities.map(({ code, name, romaji }) => ({ code, name, romaji })),
      generations: generations.map(({ number, selfSignedCertificate }) => ({
        number,
        selfSignedCertificate: base64(selfSignedCertificate),
      })),
      currentGeneration,
      issuing,
    };
  }),
});

const subscribers = t.router({
  // A mutation: the question carries a resident code, which must not stand in a URL, and is audited.
  holding: byServer
    .input(shapes.holdingQuestion)
    .output(shapes.holdingAnswer)
    .mutation(async ({ ctx, input }) => holdingOnWire(await ctx.authority.holding(ctx, input.residentCode))),
});

const cards = t.router({
  look: byServer
    .input(shapes.cardQuestion)
    .output(shapes.cardAnswer)
    .mutation(async ({ ctx, input }) => {
      const card = await ctx.authority.lookCard(ctx, input.cardNumber);
      return card === undefined ? { kind: "unknownCard" as const } : { kind: "known" as const, state: card.state };
    }),
  openCase: byServer
    .input(shapes.caseOpening)
    .output(shapes.caseOpened)
    .mutation(async ({ ctx, input }) => {
      const answer = await ctx.authority.openCase(ctx, input);
      return answer.kind === "opened" ? { kind: answer.kind, caseChallenge: base64(answer.challenge) } : answer;
    }),
  openSession: byServer
    .input(shapes.sessionOpening)
    .output(shapes.sessionOpened)
    .mutation(async ({ ctx, input }) => {
      const answer = await ctx.authority.openCardSession(ctx, input);
      if (answer.kind === "refused") return answer;
      const { kind, hostChallenge, hostCryptogram } = answer;
      return { kind, hostChallenge: base64(hostChallenge), hostCryptogram: base64(hostCryptogram) };
    }),
  authorise: byServer
    .input(shapes.commandAuthorisation)
    .output(shapes.commandAuthorised)
    .mutation(async ({ ctx, input }) => {
      const answer = await ctx.authority.authoriseCommand(ctx, input);
      return answer.kind === "authorised" ? { kind: answer.kind, macs: answer.macs.map(base64) } : answer;
    }),
});

const issuance = t.router({
  request: byServer
    .input(shapes.signedRequest)
    .output(shapes.issuanceAnswer)
    .mutation(async ({ ctx, input }) => issuanceOnWire(await ctx.authority.issue(ctx, input))),
  confirmDelivery: byServer
    .input(shapes.deliveryConfirmation)
    .output(shapes.deliveryAnswer)
    .mutation(({ ctx, input }) => ctx.authority.confirmDelivery(ctx, input)),
  endAttempt: byServer
    .input(shapes.attemptEnding)
    .output(shapes.attemptAnswer)
    .mutation(({ ctx, input }) => ctx.authority.endAttempt(ctx, input)),
});

const revocation = t.router({
  request: byServer
    .input(shapes.signedRequest)
    .output(shapes.revocationAnswer)
    .mutation(async ({ ctx, input }) => revocationOnWire(await ctx.authority.revoke(ctx, input))),
});

const register = t.router({
  changes: byServer
    .input(shapes.signedRegisterFile)
    .output(shapes.registerFileAnswer)
    .mutation(async ({ ctx, input }) => {
      const answer = await ctx.authority.changeRegister(ctx, input);
      return answer.kind === "taken" ? { ...answer, lines: [...answer.lines] } : answer;
    }),
});

const equipment = t.router({
  /** For the municipality's own listeners: a revoked machine's connections are to be closed within a minute. */
  inForce: byServer.output(shapes.machinesInForce).query(({ ctx }) => ({ fingerprints: [...ctx.equipmentInForce()] })),
  renew: procedure
    .input(shapes.renewal)
    .output(shapes.enrolled)
    .mutation(async ({ ctx, input }) => {
      const answer = await ctx.authority.renewEquipment(ctx, input);
      if (answer.kind === "refused") return answer;
      return { kind: answer.kind, certificate: base64(answer.certificate), root: base64(answer.root) };
    }),
});

/** What a municipality's server may call. */
export const caRouter = t.router({ authority, subscribers, cards, issuance, revocation, register, equipment });
/** Its type, for clients. */
export type CaRouter = typeof caRouter;

const e = initTRPC.context<EnrolmentContext>().create({ errorFormatter: errorShape });

/** What a machine without a certificate may call: nothing but the redemption of its ticket. */
export const enrolmentRouter = e.router({
  enrolment: e.router({
    redeem: e.procedure
      .input(shapes.redemption)
      .output(shapes.enrolled)
      .mutation(async ({ ctx, input }) => {
        const answer = await ctx.authority.redeemTicket(input);
        if (answer.kind === "refused") return answer;
        return { kind: answer.kind, certificate: base64(answer.certificate), root: base64(answer.root) };
      }),
  }),
});
/** Its type, for clients. */
export type EnrolmentRouter = typeof enrolmentRouter;
