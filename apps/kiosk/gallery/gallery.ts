import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import type { ActionAnswer, ClerkAction, ClerkView, ResidentAction, ResidentView } from "@mitome/ra";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import next from "next";
import { contentSecurityPolicy } from "../content-security-policy.ts";
import { kioskRouter, type RequestContext } from "../server/router.ts";
import type { LoginAnswer, Me } from "../server/session-answers.ts";

/** What the two screens are shown at one moment. */
interface Exhibit {
  readonly me: Me;
  readonly clerk: ClerkView;
  readonly resident: ResidentView;
  /** What every action is answered, perhaps later than its new view is shown. */
  readonly answer: ActionAnswer | Promise<ActionAnswer>;
  /** What log-in and unlock are answered. */
  readonly login: LoginAnswer;
  /** The paper that is fetched; null when there is none. */
  readonly paper: Uint8Array | null;
}

export interface Gallery {
  readonly url: string;
  /** Every request's method, path and body, for the canary. */
  readonly requests: readonly string[];
  /** What the screens sent, oldest first. */
  readonly acts: (ClerkAction | ResidentAction)[];
  show(exhibit: Partial<Exhibit>): void;
  /** What happens when a screen acts: a test plays the counter. */
  onAct(play: (action: ClerkAction | ResidentAction) => void): void;
  close(): Promise<void>;
}

const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const uri = `otpauth://totp/Mitome:hanako?secret=${secret}&issuer=Mitome&algorithm=SHA1&digits=6&period=30`;

const signedOut: Exhibit = {
  me: { screen: null, clerk: null, state: "notEnrolled" },
  clerk: { screen: "signedOut" },
  resident: { screen: "welcome", municipality: "", counter: "" },
  answer: { kind: "done" },
  login: { kind: "open" },
  paper: null,
};

/**
 * Serves the built pages with the real contract and views of our choice instead of a counter's: every state of every
 * screen can be looked at and tested, by people and by machines, without a card, an authority or a resident.
 */
export async function startGallery(): Promise<Gallery> {
  const here = new URL(".", import.meta.url).pathname;
  // One at a time: two builds in one directory would take each other's files away.
  const build = ["flock", `${here}../package.json`, process.execPath, `${here}build-pages.ts`] as const;
  const { stdout } = await promisify(execFile)(build[0], build.slice(1));
  const dir = stdout.trim();
  const pages = next({ dev: false, dir, quiet: true });
  await pages.prepare();
  const servePage = pages.getRequestHandler();
  let exhibit = signedOut;
  const acts: (ClerkAction | ResidentAction)[] = [];
  const requests: string[] = [];
  const watchers = new Set<() => void>();
  let play: (action: ClerkAction | ResidentAction) => void = () => undefined;

  const follow = async function* <View>(current: () => View, signal: AbortSignal | undefined): AsyncIterable<View> {
    while (signal?.aborted !== true) {
      const shown = current();
      yield shown;
      await new Promise<void>((resolve) => {
        const wake = () => {
          watchers.delete(wake);
          resolve();
        };
        watchers.add(wake);
        signal?.addEventListener("abort", wake, { once: true });
        if (current() !== shown) wake();
      });
    }
  };
  const record = async (action: ClerkAction | ResidentAction) => {
    acts.push(action);
    play(action);
    return exhibit.answer;
  };
  const contextOf = ({ req }: { readonly req: IncomingMessage }): RequestContext => {
    const kind = req.headers.referer?.endsWith("/resident") ? "resident" : "clerk";
    const place = exhibit.me.screen;
    return {
      screen: place === null ? null : { id: "screen", kind, counter: place.counter },
      clerk: { id: "clerk", name: "" },
      sessions: {
        me: async () => ({ ...exhibit.me, screen: place === null ? null : { ...place, kind } }),
        enrolScreen: async () => ({ kind: "enrolled", screen: "clerk" }),
        login: async () => exhibit.login,
        logout: async () => undefined,
        lock: async () => undefined,
        unlock: async () => exhibit.login,
        changePassword: async () => ({ kind: "changed" }),
        offerSecondFactor: async () => ({ kind: "offered", uri, secret }),
        confirmSecondFactor: async () => ({ kind: "open" }),
        touch: async () => undefined,
      },
      counter: {
        clerkView: (signal) => follow(() => exhibit.clerk, signal),
        residentView: (_screen, signal) => follow(() => exhibit.resident, signal),
        clerkAct: (_screen, _clerk, action) => record(action),
        residentAct: (_screen, action) => record(action),
        document: async () => exhibit.paper,
      },
    };
  };
  const answer = createHTTPHandler({ router: kioskRouter, createContext: contextOf, basePath: "/api/trpc/" });

  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.url?.startsWith("/api/trpc/")) {
      request.on("data", (chunk: Buffer) => requests.push(chunk.toString("latin1")));
      answer(request, response);
      return;
    }
    const policy = contentSecurityPolicy(randomBytes(16).toString("base64"));
    request.headers["content-security-policy"] = policy;
    response.setHeader("content-security-policy", policy);
    void servePage(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    requests,
    acts,
    show: (change) => {
      exhibit = { ...exhibit, ...change };
      for (const wake of [...watchers]) wake();
    },
    onAct: (next) => {
      play = next;
    },
    close: async () => {
      for (const wake of [...watchers]) wake();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pages.close();
      await rm(dir, { recursive: true });
    },
  };
}
