/** The contract between the operators' desk and the authority: wire to domain and back, nothing else. */
import {
  type Acting,
  certifyVerifier,
  changeRegistration,
  demandReport,
  lookAtVerifier,
  lookAtVerifiers,
  recordReport,
  recordVerifierFact,
  registerVerifier,
  setBind,
  type VerifierOffice,
  withdrawCredential,
} from "@mitome/ca";
import { initTRPC } from "@trpc/server";
import { z } from "zod";
import { errorShape, worldly } from "./call-error.ts";
import * as shapes from "./operators-shapes.ts";

/** Context of one call of the desk. */
export interface OperatorsContext {
  readonly office: VerifierOffice;
  /** The operator at the desk. */
  readonly acting: Acting;
}

const t = initTRPC.context<OperatorsContext>().create({ errorFormatter: errorShape });

const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  throw worldly(result.error);
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

// What is asked by a mutation is not in the address of a request, and so in no proxy's log.
const verifiers = t.router({
  list: procedure
    .output(z.array(shapes.verifierNow))
    .query(async ({ ctx }) => [...(await lookAtVerifiers(ctx.office))]),
  look: procedure
    .input(shapes.oneVerifier)
    .output(shapes.verifierNow.nullable())
    .query(async ({ ctx, input }) => (await lookAtVerifier(ctx.office, input.verifier)) ?? null),
  certificate: procedure.input(shapes.certificateQuestion).query(async ({ ctx, input }) => {
    const certificate = await ctx.office.verifiers.certificate(input.verifier, input.fingerprint);
    return certificate === undefined ? null : base64(certificate);
  }),
  register: procedure
    .input(shapes.registration)
    .mutation(({ ctx, input }) => registerVerifier(ctx.office, ctx.acting, input)),
  change: procedure
    .input(shapes.registrationChange)
    .mutation(({ ctx, input }) => changeRegistration(ctx.office, ctx.acting, input)),
  record: procedure
    .input(shapes.factToRecord)
    .mutation(({ ctx, input }) => recordVerifierFact(ctx.office, ctx.acting, input)),
  certify: procedure.input(shapes.certification).mutation(async ({ ctx, input }) => {
    const answer = await certifyVerifier(ctx.office, ctx.acting, input.verifier, input.request);
    if (answer.kind === "refused") return answer;
    return { kind: answer.kind, certificate: base64(answer.certificate) };
  }),
  /** The password is made here, said once, and kept nowhere but as the directory's hash. */
  setBind: procedure.input(shapes.oneVerifier).mutation(async ({ ctx, input }) => {
    const password = Buffer.from(ctx.office.randomness.bytes(18)).toString("base64url");
    const answer = await setBind(ctx.office, ctx.acting, input.verifier, password);
    return answer.kind === "set" ? { ...answer, password } : answer;
  }),
  withdraw: procedure
    .input(shapes.withdrawal)
    .mutation(({ ctx, input }) => withdrawCredential(ctx.office, ctx.acting, input)),
  demandReport: procedure.input(shapes.demand).mutation(({ ctx, input: { dueOn: dueAt, verifier, ...demand } }) => {
    return demandReport(ctx.office, ctx.acting, { ...demand, verifierId: verifier, dueAt });
  }),
  recordReport: procedure
    .input(shapes.answeredDemand)
    .mutation(({ ctx, input }) => recordReport(ctx.office, ctx.acting, input.demand)),
});

/** What the operators' desk may call. */
export const operatorsRouter = t.router({ verifiers });
/** Its type, for clients. */
export type OperatorsRouter = typeof operatorsRouter;
