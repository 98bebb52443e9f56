/**
 * The contract between the kiosk's pages and its server. Pages import the type {@link KioskRouter} only. Every
 * procedure acts as the enrolled screen (and, on a clerk's screen, the logged-in clerk) that the request's cookies
 * prove; nothing in a message can name another municipality, counter or clerk.
 */
import {
  type ActionAnswer,
  ClerkAction,
  type ClerkView,
  documentKinds,
  ResidentAction,
  type ResidentView,
} from "@mitome/ra";
import { initTRPC, TRPCError } from "@trpc/server";
import { z } from "zod";
import type {
  LoginAnswer,
  Me,
  PasswordAnswer,
  ScreenAnswer,
  SecondFactorAnswer,
  SecondFactorOffer,
} from "./session-answers.ts";
import type { Proof } from "./sessions.ts";

/** A screen that proved itself by its cookie. */
interface EnrolledScreen {
  readonly id: string;
  readonly kind: "clerk" | "resident";
  readonly counter: string;
}

/** A clerk whose session is open (neither locked nor waiting for a new password). */
interface OpenClerk {
  readonly id: string;
  readonly name: string;
}

/** What one request may do; made by the HTTP server from the cookies. */
export interface RequestContext {
  readonly screen: EnrolledScreen | null;
  readonly clerk: OpenClerk | null;
  readonly sessions: {
    me(): Promise<Me>;
    enrolScreen(code: string): Promise<ScreenAnswer>;
    login(account: string, proof: Proof): Promise<LoginAnswer>;
    logout(): Promise<void>;
    lock(): Promise<void>;
    unlock(proof: Proof): Promise<LoginAnswer>;
    changePassword(current: string, next: string): Promise<PasswordAnswer>;
    offerSecondFactor(): Promise<SecondFactorOffer>;
    confirmSecondFactor(code: string): Promise<SecondFactorAnswer>;
    /** The clerk is at the keyboard: puts off the idle lock. */
    touch(): Promise<void>;
  };
  readonly counter: {
    clerkView(signal: AbortSignal | undefined): AsyncIterable<ClerkView>;
    residentView(screen: EnrolledScreen, signal: AbortSignal | undefined): AsyncIterable<ResidentView>;
    clerkAct(screen: EnrolledScreen, clerk: OpenClerk, action: ClerkAction): Promise<ActionAnswer>;
    residentAct(screen: EnrolledScreen, action: ResidentAction): Promise<ActionAnswer>;
    document(
      screen: EnrolledScreen,
      clerk: OpenClerk,
      caseId: string,
      kind: (typeof documentKinds)[number],
    ): Promise<Uint8Array | null>;
  };
}

const t = initTRPC.context<RequestContext>().create({
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
  // Nothing of our insides crosses to a page: no stack, no cause.
  errorFormatter: ({ shape }) => ({
    ...shape,
    message: shape.data.code,
    data: { code: shape.data.code, httpStatus: shape.data.httpStatus },
  }),
});

const anyScreen = t.procedure;

const clerkScreen = t.procedure.use(({ ctx, next }) => {
  if (ctx.screen?.kind !== "clerk") throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { screen: ctx.screen } });
});

// 千葉県運用規程 5-1-2-2: the counter terminal is worked by an operator authenticated by ID and password.
const openClerk = clerkScreen.use(({ ctx, next }) => {
  if (ctx.clerk === null) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { clerk: ctx.clerk } });
});

const residentScreen = t.procedure.use(({ ctx, next }) => {
  if (ctx.screen?.kind !== "resident") throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { screen: ctx.screen } });
});

const secret = z.string().min(1).max(128);
/** Of the authenticator app, where the server asks for one. */
const code = z.string().regex(/^[0-9]{6}$/);
const proof = { password: secret, code: code.nullable().default(null) };

export const kioskRouter = t.router({
  session: t.router({
    me: anyScreen.query(({ ctx }) => ctx.sessions.me()),
    enrolScreen: anyScreen
      .input(z.strictObject({ code: z.string().min(1).max(128) }))
      .mutation(({ ctx, input }) => ctx.sessions.enrolScreen(input.code)),
    login: clerkScreen
      .input(z.strictObject({ account: z.string().min(1).max(64), ...proof }))
      .mutation(({ ctx, input: { account, ...given } }) => ctx.sessions.login(account, given)),
    logout: clerkScreen.mutation(({ ctx }) => ctx.sessions.logout()),
    lock: clerkScreen.mutation(({ ctx }) => ctx.sessions.lock()),
    unlock: clerkScreen.input(z.strictObject(proof)).mutation(({ ctx, input }) => ctx.sessions.unlock(input)),
    changePassword: clerkScreen
      .input(z.strictObject({ current: secret, next: secret }))
      .mutation(({ ctx, input }) => ctx.sessions.changePassword(input.current, input.next)),
    offerSecondFactor: clerkScreen.mutation(({ ctx }) => ctx.sessions.offerSecondFactor()),
    confirmSecondFactor: clerkScreen
      .input(z.strictObject({ code }))
      .mutation(({ ctx, input }) => ctx.sessions.confirmSecondFactor(input.code)),
    touch: openClerk.mutation(({ ctx }) => ctx.sessions.touch()),
  }),
  clerk: t.router({
    view: clerkScreen.subscription(({ ctx, signal }) => ctx.counter.clerkView(signal)),
    act: openClerk.input(ClerkAction).mutation(({ ctx, input }) => ctx.counter.clerkAct(ctx.screen, ctx.clerk, input)),
  }),
  resident: t.router({
    view: residentScreen.subscription(({ ctx, signal }) => ctx.counter.residentView(ctx.screen, signal)),
    act: residentScreen.input(ResidentAction).mutation(({ ctx, input }) => ctx.counter.residentAct(ctx.screen, input)),
  }),
  documents: t.router({
    /** A PDF of a case of this municipality, base64. */
    get: openClerk
      .input(z.strictObject({ caseId: z.uuid(), kind: z.enum(documentKinds) }))
      .query(async ({ ctx, input }) => {
        const pdf = await ctx.counter.document(ctx.screen, ctx.clerk, input.caseId, input.kind);
        if (pdf === null) throw new TRPCError({ code: "NOT_FOUND" });
        return { pdf: Buffer.from(pdf).toString("base64") };
      }),
  }),
});

export type KioskRouter = typeof kioskRouter;
