/** A whole counter for tests: real PostgreSQL, real listener and gateway over TLS, a scripted agent and authority. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { sealedPasswordInfo, sealedPasswordPlaintext } from "@mitome/card";
import { provision } from "@mitome/db/cluster";
import { migrate } from "@mitome/db/migrate";
import { connect, counterEnrolment } from "@mitome/db/ra";
import { loadResidents } from "@mitome/db/register";
import type {
  ActionAnswer,
  ClerkAction,
  ClerkView,
  DocumentModel,
  ResidentAction,
  ResidentRecord,
  ResidentView,
  SealingKey,
} from "@mitome/ra";
import { startTestPostgres } from "@mitome/testkit/postgres";
import { makeSoftAuthority, type SoftEquipment } from "@mitome/testkit/soft-authority";
import { sqlAs } from "@mitome/testkit/sql";
import { hashClerkPassword } from "./clerk-passwords.ts";
import { type KioskServer, startKioskServer } from "./kiosk-server.ts";
import type { LogCode, LogFields } from "./log.ts";
import { ScriptedAgent } from "./scripted-agent.fixture.ts";
import { ScriptedAuthority } from "./scripted-authority.fixture.ts";
import type { ServerSettings } from "./server-settings.ts";
import { makeToken } from "./tokens.ts";

export const municipality = "121002";
export const firstPassword = "first-password-of-the-clerk";
export const password = "the clerk's second password";

export const residents: readonly ResidentRecord[] = [
  resident("90000000017", "山田　花子", "やまだ　はなこ", "319640107", "2"),
  resident("90000000025", "中村　一郎", "なかむら　いちろう", "419890108", "1"),
  resident("90000000033", "髙橋　一郎", "たかはし　いちろう", "319551103", "1"),
  {
    ...resident("90000000041", "ＮＧＵＹＥＮ　ＴＨＩ　ＨＯＡ", "ぐえん　てぃ　ほあ", "019900315", "2"),
    alias: "田中　花",
  },
  { ...resident("90000000050", "佐藤　次郎", "さとう　じろう", "319640107", "1"), municipality: "122041" },
];

function resident(
  residentCode: string,
  name: string,
  furigana: string,
  dateOfBirth: string,
  gender: "1" | "2",
): ResidentRecord {
  const address = "千葉県千葉市中央区市場町１番１号";
  return { residentCode, registerVersion: 1, municipality, name, furigana, alias: null, address, dateOfBirth, gender };
}

/** Waits until something holds; the server pushes its own changes, so this ends as soon as it can. */
export async function until<T>(look: () => Promise<T> | T, holds: (seen: T) => boolean, what: string): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`never: ${what}; last ${JSON.stringify(seen)?.slice(0, 600)}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** A browser at a screen: cookies, same origin, the API. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  async post(path: string, input?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${this.#base}/api/trpc/${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: this.#base,
        cookie: this.cookie,
        ...headers,
      },
      body: input === undefined ? "" : JSON.stringify(input),
    });
    this.#keep(response);
    return response;
  }

  async call<T>(path: string, input?: unknown): Promise<T> {
    const response = await this.post(path, input);
    const body = await response.json();
    if (!response.ok) throw new Error(`${path}: ${body?.error?.data?.code ?? response.status}`);
    return body.result.data;
  }

  /** The first view of a subscription. */
  async view<T>(path: "clerk.view" | "resident.view"): Promise<T> {
    const stop = new AbortController();
    const response = await fetch(`${this.#base}/api/trpc/${path}`, {
      headers: { cookie: this.cookie, accept: "text/event-stream" },
      signal: stop.signal,
    });
    if (!response.ok || response.body === null) throw new Error(`${path}: ${response.status}`);
    let text = "";
    try {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        for (const event of text.split("\n\n").slice(0, -1)) {
          const data = event.split("\n").find((line) => line.startsWith("data: "));
          if (data !== undefined && !event.includes("event: connected")) return JSON.parse(data.slice(6));
        }
      }
    } finally {
      stop.abort();
    }
    throw new Error(`${path} ended`);
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", ...value] = pair.split("=");
      if (line.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, value.join("="));
    }
  }
}

export type Counter = Awaited<ReturnType<typeof openCounter>>;

export async function openCounter(chosen: Partial<ServerSettings> = {}) {
  const home = mkdtempSync(join(tmpdir(), "mtk-"));
  const database = await startTestPostgres({ fsync: "on" });
  await provision(database.cluster, "mitome_ra", {
    owners: ["ra_owner", "register_owner"],
    users: ["ra_app", "register_reader"],
  });
  const url = (role: string) => database.cluster.url(role, "mitome_ra");
  await migrate(url("ra_owner"), "ra");
  await migrate(url("register_owner"), "register");
  const clock = { now: new Date("2026-11-22T01:00:00Z") };
  const soft = makeSoftAuthority(new Date(Date.now() - 3_600_000));
  const pem = (label: string, der: Uint8Array) => {
    const lines = Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g)
      ?.join("\n");
    return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
  };
  const pems = (equipment: SoftEquipment) => ({
    rootPem: pem("CERTIFICATE", soft.equipmentRoot),
    certificatePem: pem("CERTIFICATE", equipment.certificate),
    keyPem: String(equipment.key.privateKey.export({ type: "pkcs8", format: "pem" })),
  });
  const own = pems(soft.equip("server", municipality, "kiosk-1"));
  const file = (name: string, text: string) => {
    writeFileSync(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  // The same ports after a restart: browsers and agents come back to them.
  const port = await freePort();
  const settings: ServerSettings = {
    listen: { host: "127.0.0.1", port },
    gateway: { host: "127.0.0.1", port: await freePort() },
    publicUrl: `http://127.0.0.1:${port}`,
    municipality,
    database: { url: url("ra_app") },
    register: { url: url("register_reader") },
    authority: {
      id: soft.definition.id,
      url: "https://localhost:1",
      root: file("root.pem", own.rootPem),
      certificate: file("server.pem", own.certificatePem),
      key: file("server.key", own.keyPem),
    },
    secondFactor: "none",
    chromium: "/usr/bin/chromium",
    temporaryDirectory: join(home, "tmp"),
    pages: false,
    ...chosen,
  };
  const authority = new ScriptedAuthority(soft, () => new Date());
  const log: { code: LogCode; fields: LogFields }[] = [];
  const documents: DocumentModel[] = [];
  let server: KioskServer | null = null;
  const owner = sqlAs(url("ra_owner"));
  const owned = connect(url("ra_owner"), 1);
  const enrolment = counterEnrolment(owned);
  const register = connect(url("register_owner"), 1);
  await loadResidents(register, residents);
  await register.close();

  const counter = {
    soft,
    authority,
    clock,
    settings,
    log,
    documents,
    owner,
    owned,
    database,
    pems,
    async start() {
      server = await startKioskServer(settings, {
        log: (code, fields = {}) => log.push({ code, fields }),
        clock: () => clock.now,
        pages: null,
        renderPdf: async (document) => {
          documents.push(document);
          return Buffer.from("%PDF-1.7");
        },
        authority,
      });
    },
    async close() {
      await server?.close();
      server = null;
    },
    async restart() {
      await counter.close();
      await counter.start();
    },
    serverCertificate: () => readFile(settings.authority.certificate, "utf8"),
    gatewayUrl: `wss://localhost:${settings.gateway.port}/agent`,
    browser: () => new Browser(settings.publicUrl),
    agentPlace(terminal: string, equipment = soft.equip("agent", municipality, terminal)) {
      authority.machines.add(createHash("sha256").update(equipment.certificate).digest("hex"));
      return { url: counter.gatewayUrl, terminal, ...pems(equipment) };
    },
    agent: (terminal: string) => new ScriptedAgent(counter.agentPlace(terminal)),
    async screenCode(kind: "clerk" | "resident", at: string) {
      const { token, hash } = makeToken();
      const expiresAt = new Date(clock.now.getTime() + 3_600_000);
      await enrolment.addScreenCode({ codeHash: hash, kind, counter: at, expiresAt });
      return token;
    },
    async clerk(account: string) {
      const passwordHash = await hashClerkPassword(firstPassword);
      await enrolment.addClerk({ id: randomUUID(), account, name: "千葉　職員", passwordHash });
    },
    async screen(kind: "clerk" | "resident", at: string) {
      const browser = counter.browser();
      await browser.call("session.enrolScreen", { code: await counter.screenCode(kind, at) });
      return browser;
    },
    /** A clerk's screen with the clerk at work. */
    async clerkAtWork(at: string, account = `clerk-${randomBytes(3).toString("hex")}`) {
      await counter.clerk(account);
      const browser = await counter.screen("clerk", at);
      await browser.call("session.login", { account, password: firstPassword });
      await browser.call("session.changePassword", { current: firstPassword, next: password });
      return browser;
    },
    async stop() {
      await server?.close();
      await Promise.all([owner.end(), owned.close()]);
      await database.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  await counter.start();
  return counter;
}

export const act = (browser: Browser, action: ClerkAction) => browser.call<ActionAnswer>("clerk.act", action);
export const residentAct = (browser: Browser, action: ResidentAction) =>
  browser.call<ActionAnswer>("resident.act", action);

/** The clerk's view once it is a certain screen. */
export async function clerkSees<S extends ClerkView["screen"]>(
  browser: Browser,
  screen: S,
): Promise<Extract<ClerkView, { screen: S }>> {
  const view = await until(
    () => browser.view<ClerkView>("clerk.view"),
    (seen) => seen.screen === screen,
    `clerk sees ${screen}`,
  );
  return view as Extract<ClerkView, { screen: S }>;
}

export async function residentSees<S extends ResidentView["screen"]>(
  browser: Browser,
  screen: S,
): Promise<Extract<ResidentView, { screen: S }>> {
  const view = await until(
    () => browser.view<ResidentView>("resident.view"),
    (seen) => seen.screen === screen,
    `resident sees ${screen}`,
  );
  return view as Extract<ResidentView, { screen: S }>;
}

/** What the resident's page does with a password. */
export async function sealPassword(
  password: string,
  { sessionKey, binding }: SealingKey,
): Promise<Extract<ResidentAction, { type: "setPassword" }>> {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const recipientPublicKey = await suite.kem.deserializePublicKey(
    new Uint8Array(Buffer.from(sessionKey.publicKey, "base64")).buffer,
  );
  const sender = await suite.createSenderContext({ recipientPublicKey, info: sealedPasswordInfo(binding).buffer });
  const ciphertext = await sender.seal(sealedPasswordPlaintext(password).buffer);
  const base64 = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString("base64");
  return {
    type: "setPassword",
    commandNumber: binding.commandNumber,
    sealedPassword: { enc: base64(sender.enc), ciphertext: base64(ciphertext) },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
