import { setTimeout as pause } from "node:timers/promises";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { type SealedPassword, sealedPasswordInfo, sealedPasswordPlaintext } from "@mitome/card/sealed-password";
import type { ActionAnswer, ClerkAction, ClerkView, ResidentAction, ResidentView, SealingKey } from "@mitome/ra";
import { Agent, fetch } from "undici";

// Browsers know *.localhost without a resolver; Node asks the system, which may not.
const loopback = new Agent({
  connect: { lookup: (_name, _options, answer) => answer(null, [{ address: "127.0.0.1", family: 4 }]) },
});

/** One screen of a counter without a browser: it reads the views that the server sends and sends actions back. */
export class ScreenHands<View extends { readonly screen: string }, Action> {
  readonly #url: string;
  readonly #kind: "clerk" | "resident";
  #cookies: readonly string[] = [];
  #view: View | undefined;
  #changed = Promise.withResolvers<void>();
  readonly #closed = new AbortController();

  constructor(url: string, kind: "clerk" | "resident") {
    this.#url = url;
    this.#kind = kind;
  }

  /** The newest view, once there is one. */
  get view(): View | undefined {
    return this.#view;
  }

  /** Resolves when a newer view has come. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Enrols the screen with its one-time code. */
  async enrol(code: string): Promise<void> {
    await this.call("session.enrolScreen", { code });
  }

  /** Begins to read views; on a clerk's screen, after the clerk has logged in. */
  follow(): void {
    void this.#read();
  }

  /** One call of the counter's API; throws when the server does not answer it with a result. */
  async call(procedure: string, input: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/trpc/${procedure}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: this.#url,
        cookie: this.#cookies.join("; "),
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(20_000),
      dispatcher: loopback,
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line.split(";", 1)[0] ?? "");
    const body = (await response.json()) as { readonly result?: { readonly data: unknown } };
    if (body.result === undefined) throw new Error(`${procedure} is answered ${response.status}`);
    return body.result.data;
  }

  act(action: Action): Promise<ActionAnswer> {
    return this.call(`${this.#kind}.act`, action) as Promise<ActionAnswer>;
  }

  close(): void {
    this.#closed.abort();
  }

  #keep(cookie: string): void {
    const name = cookie.split("=", 1)[0];
    this.#cookies = [...this.#cookies.filter((known) => !known.startsWith(`${name}=`)), cookie];
  }

  /** Reads the subscription, and again after the server was away. */
  async #read(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      await this.#readOnce().catch(() => undefined);
      await pause(50);
    }
  }

  async #readOnce(): Promise<void> {
    const response = await fetch(`${this.#url}/api/trpc/${this.#kind}.view`, {
      headers: { accept: "text/event-stream", cookie: this.#cookies.join("; ") },
      signal: this.#closed.signal,
      dispatcher: loopback,
    });
    if (response.body === null) return;
    let rest = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) this.#take(event);
    }
  }

  #take(event: string): void {
    const lines = event.split("\n");
    if (lines.some((line) => line.startsWith("event:"))) return;
    const data = lines.find((line) => line.startsWith("data:"))?.slice(5);
    if (data === undefined) return;
    const value = JSON.parse(data);
    if (typeof value?.screen !== "string") return;
    this.#view = value;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** Whom an issuance is for, as the clerk types him and the identity document that he shows. */
export interface Visitor {
  /** As typed into the search, `S390107`. */
  readonly dateOfBirth: string;
  readonly kana: string;
  readonly password: string;
}

/** The two screens of one counter with hands at them. */
export interface CounterHands {
  readonly clerk: ScreenHands<ClerkView, ClerkAction>;
  readonly resident: ScreenHands<ResidentView, ResidentAction>;
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** What a clerk does at each screen of 新規発行 when everything is in order; null where there is nothing to do but wait. */
export function clerkMove(view: ClerkView, visitor: Visitor): ClerkAction | null {
  switch (view.screen) {
    case "menu":
      return view.agent ? { type: "startNew" } : null;
    case "searchRegister": {
      const found = view.candidates?.[0];
      return found === undefined
        ? { type: "searchRegister", dateOfBirth: visitor.dateOfBirth, kana: visitor.kana }
        : { type: "chooseResident", ref: found.ref };
    }
    case "compare": {
      const open = view.items.find((item) => !item.confirmed);
      return open === undefined ? { type: "finishComparison" } : { type: "confirmItem", item: open.item };
    }
    case "identity": {
      const document = view.documents[0];
      if (document === undefined) return null;
      const expiresOn = document.expiry === "date" ? "2035-01-01" : null;
      return { type: "recordIdentity", document: document.kind, expiresOn, photoMatches: true, copyTaken: true };
    }
    case "application":
      return { type: "applicationReceived" };
    case "giveCard":
      return { type: "giveCard" };
    case "receiveCard":
      return { type: "cardReceived" };
    case "confirmIssuance":
      return { type: "issue" };
    case "papers":
      if (!view.feeReceived) return { type: "feeReceived" };
      return view.copyGiven ? null : { type: "copyGiven" };
    case "returnCard":
      return { type: "cardReturned" };
    case "working":
      return view.trouble === null ? null : { type: "retry" };
    default:
      return null;
  }
}

/** What a resident does at each screen when everything is in order. */
async function residentMove(view: ResidentView, visitor: Visitor): Promise<ResidentAction | null> {
  switch (view.screen) {
    case "confirmData":
      return { type: "confirmData" };
    case "terms":
      return { type: "acceptTerms", version: view.version };
    case "password": {
      const { sealingKey } = view;
      if (sealingKey === null) return null;
      const sealedPassword = await seal(visitor.password, sealingKey);
      return { type: "setPassword", commandNumber: sealingKey.binding.commandNumber, sealedPassword };
    }
    case "giveCardToClerk":
      return { type: "cardGiven" };
    case "notices": {
      const next = view.notices.find((notice) => !notice.acknowledged);
      return next === undefined ? null : { type: "acknowledge", notice: next.id };
    }
    default:
      return null;
  }
}

/** Seals a password to the agent's key as the resident's page does (RFC 9180). */
async function seal(password: string, { sessionKey, binding }: SealingKey): Promise<SealedPassword> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(Buffer.from(sessionKey.publicKey, "base64"));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: sealedPasswordInfo(binding) });
  const ciphertext = await sender.seal(sealedPasswordPlaintext(password));
  return { enc: Buffer.from(sender.enc).toString("base64"), ciphertext: Buffer.from(ciphertext).toString("base64") };
}

/**
 * Plays both people through a case until the clerk's screen shows one of `until`, however often a program goes away in
 * between: an action that got no answer is tried again from the next view. Answers that last view.
 * @throws when it takes longer than `withinMs`
 */
export async function playIssuance(
  { clerk, resident }: CounterHands,
  visitor: Visitor,
  until: (view: ClerkView) => boolean | Promise<boolean>,
  withinMs = 60_000,
  move: typeof clerkMove = clerkMove,
): Promise<ClerkView> {
  const deadline = AbortSignal.timeout(withinMs);
  while (!deadline.aborted) {
    const changed = Promise.race([clerk.changed, resident.changed, pause(500)]);
    const { view } = clerk;
    if (view !== undefined && (await until(view))) return view;
    const moves = [
      view === undefined ? undefined : ([clerk, move(view, visitor)] as const),
      resident.view === undefined ? undefined : ([resident, await residentMove(resident.view, visitor)] as const),
    ];
    for (const move of moves) {
      if (move === undefined || move[1] === null) continue;
      // A server that is away now is asked again from its next view.
      if (move[0] === clerk) await clerk.act(move[1] as ClerkAction).catch(() => undefined);
      else await resident.act(move[1] as ResidentAction).catch(() => undefined);
    }
    await changed;
  }
  throw new Error(`the case stands at ${clerk.view?.screen} and ${resident.view?.screen}`);
}
