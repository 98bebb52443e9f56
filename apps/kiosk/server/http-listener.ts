import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { contentSecurityPolicy } from "../content-security-policy.ts";
import type { ChangeHub } from "./change-hub.ts";
import { cookieNames, readCookie, setCookie } from "./cookies.ts";
import type { CounterDesk } from "./counter-desk.ts";
import type { CounterViews } from "./counter-views.ts";
import { faultOf, type Log } from "./log.ts";
import { requestFault } from "./request-guard.ts";
import { kioskRouter, type RequestContext } from "./router.ts";
import { securityHeaders } from "./security-headers.ts";
import { type CookieChange, longestSessionHours, type Sessions, type Visitor } from "./sessions.ts";

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ListenerDependencies {
  readonly sessions: Sessions;
  readonly views: CounterViews;
  readonly counter: CounterDesk;
  readonly hub: ChangeHub;
  /** `https:` or `http:` origin that browsers use. */
  readonly origin: string;
  /** Draws the pages; null answers 404 to everything but the API. */
  readonly pages: PageHandler | null;
  readonly log: Log;
}

/** Largest body of a request, in octets. */
const largestBody = 16 * 1024;
/** How often an open view looks whether its session has idled out, in milliseconds. */
const viewRefresh = 5_000;
const apiPath = "/api/trpc/";
/** The build's own files, named by their content: the one thing a browser may keep. */
const buildPath = "/_next/static/";
/** Years are for a screen that stands at its counter. */
const screenCookieSeconds = 365 * 24 * 3_600;

/** The one HTTP listener of the counter: `/api/trpc` is ours, everything else is a page. */
export function createListener(dependencies: ListenerDependencies): Server {
  const { origin, pages, log } = dependencies;
  const api = createHTTPHandler({
    router: kioskRouter,
    basePath: apiPath,
    maxBodySize: largestBody,
    allowBatching: false,
    // Queries come by POST too: nothing of them stands in a URL.
    allowMethodOverride: true,
    createContext: ({ req, res }) => contextOf(req, res, dependencies),
    onError: ({ error, path }) => {
      const ours = error.code === "INTERNAL_SERVER_ERROR";
      log(ours ? "K041" : "K040", { path: path ?? "", code: error.code, ...(ours ? faultOf(error.cause) : {}) });
    },
  });
  return createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000 }, (request, response) => {
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    const fault = requestFault(request, origin, apiPath);
    if (fault !== null) {
      log("K040", { code: fault });
      response.writeHead(403).end();
      return;
    }
    if (request.url?.startsWith(apiPath) === true) return api(request, response);
    if (pages === null) {
      response.writeHead(404).end();
      return;
    }
    if (request.url?.startsWith(buildPath) === true)
      response.setHeader("cache-control", "public, max-age=31536000, immutable");
    const nonce = randomBytes(16).toString("base64");
    const policy = contentSecurityPolicy(nonce);
    // Next reads the nonce for its own scripts from the request's policy.
    request.headers["content-security-policy"] = policy;
    response.setHeader("content-security-policy", policy);
    pages(request, response).catch((error: unknown) => {
      log("K041", faultOf(error));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

async function contextOf(
  request: IncomingMessage,
  response: ServerResponse,
  use: ListenerDependencies,
): Promise<RequestContext> {
  const { sessions } = use;
  const tokens = {
    screen: readCookie(request.headers.cookie, cookieNames.screen),
    clerk: readCookie(request.headers.cookie, cookieNames.clerk),
  };
  const visitor = await sessions.identify(tokens.screen, tokens.clerk);
  const { screen, session, state } = visitor;
  const withCookies = async <T>(act: (cookies: CookieChange) => Promise<T>): Promise<T> => {
    const cookies: CookieChange = {};
    const answer = await act(cookies);
    const lines = cookieLines(cookies, use.origin.startsWith("https:"));
    if (lines.length > 0) response.setHeader("set-cookie", lines);
    return answer;
  };
  return {
    screen,
    clerk: session !== null && state === "open" ? { id: session.clerk.id, name: session.clerk.name } : null,
    sessions: {
      me: async () => sessions.me(visitor),
      enrolScreen: (code) => withCookies((cookies) => sessions.enrolScreen(code, cookies)),
      login: (account, proof) => withCookies((cookies) => sessions.login(visitor, account, proof, cookies)),
      logout: () => withCookies((cookies) => sessions.end(visitor, cookies)),
      lock: () => sessions.lock(visitor),
      unlock: (proof) => sessions.unlock(visitor, proof),
      changePassword: (current, next) => sessions.changePassword(visitor, current, next),
      offerSecondFactor: () => sessions.offerSecondFactor(visitor),
      confirmSecondFactor: (code) => sessions.confirmSecondFactor(visitor, code),
      touch: () => sessions.touch(visitor),
    },
    counter: counterOf(visitor, tokens, use),
  };
}

function counterOf(
  visitor: Visitor,
  tokens: { screen: string | null; clerk: string | null },
  use: ListenerDependencies,
): RequestContext["counter"] {
  const { counter, views, hub, sessions } = use;
  return {
    async *clerkView(signal) {
      const { screen } = visitor;
      if (screen === null) return;
      // The session is looked at anew each time: a lock or a log-out empties the open screen at once.
      const look = async () => {
        const { session, state } = await sessions.identify(tokens.screen, tokens.clerk);
        if (session === null || state.startsWith("must")) return { screen: "signedOut" } as const;
        if (state !== "open") return { screen: "locked", clerkName: session.clerk.name } as const;
        return views.clerkView(screen.counter, session.clerk);
      };
      yield* present(views, screen, hub.watch(screen.counter, look, viewRefresh, signal));
    },
    async *residentView(screen, signal) {
      const look = () => views.residentView(screen.counter);
      yield* present(views, screen, hub.watch(screen.counter, look, viewRefresh, signal));
    },
    async clerkAct(screen, clerk, action) {
      await sessions.touch(visitor);
      return counter.clerkAct(screen.counter, clerk, action);
    },
    residentAct: (screen, action) => counter.residentAct(screen.counter, action),
    document: (screen, clerk, caseId, kind) => counter.document(screen.counter, clerk, caseId, kind),
  };
}

async function* present<T>(
  presence: CounterViews,
  screen: { kind: "clerk" | "resident"; counter: string },
  seen: AsyncIterable<T>,
): AsyncGenerator<T> {
  presence.screenCame(screen.counter, screen.kind, 1);
  try {
    yield* seen;
  } finally {
    presence.screenCame(screen.counter, screen.kind, -1);
  }
}

function cookieLines({ screen, clerk }: CookieChange, secure: boolean): readonly string[] {
  const lines: string[] = [];
  if (screen !== undefined) lines.push(setCookie(cookieNames.screen, screen, secure, screenCookieSeconds));
  if (clerk === null) lines.push(setCookie(cookieNames.clerk, "", secure, 0));
  else if (clerk !== undefined) lines.push(setCookie(cookieNames.clerk, clerk, secure, longestSessionHours * 3_600));
  return lines;
}
