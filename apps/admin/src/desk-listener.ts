/** The desk's pages and forms over HTTP, for a browser on the same machine. */
import { X509Certificate } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { VerifierOnWire } from "@mitome/ca-api";
import type { OperatorsClient } from "@mitome/ca-api/client";
import { html } from "@mitome/ui/pages";
import { type Complaint, complaintOf, pageAway } from "../pages/complaints.ts";
import { contentSecurityPolicy, type DeskPage, deskStyle, framed, type PageContext } from "../pages/frame.ts";
import { newVerifierPage } from "../pages/new-verifier-page.ts";
import { passwordPage } from "../pages/password-page.ts";
import { registryPage } from "../pages/registry-page.ts";
import { verifierPage } from "../pages/verifier-page.ts";
import { acts, type Outcome, register, sayings } from "./acts.ts";
import { comesFromHere, cookieIn, FormGuard, namesThisDesk, type Visit, visitCookie } from "./form-guard.ts";
import { log } from "./log.ts";
import { readForm, type SentForm } from "./read-form.ts";

/** What the desk needs. */
export interface Desk {
  readonly client: OperatorsClient;
  readonly operator: string;
  /** PEM of the equipment root, which goes with a certificate that is fetched. */
  readonly root: string;
  readonly now: () => Date;
}

const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": contentSecurityPolicy,
  "cache-control": "no-store",
  // A browser that says no referrer says no origin of a form either.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Makes the listener; the caller binds it, to the loopback alone. */
export function deskListener(desk: Desk): Server {
  const guard = new FormGuard();
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 },
    async (request, response) => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      try {
        if (!namesThisDesk(request.headers, port)) return void send(response, 421, "text/plain", "");
        await new Exchange(desk, guard, request, response).answer();
      } catch (error) {
        log("error", "AD005", { name: error instanceof Error ? error.name : "unknown" });
        if (!response.headersSent)
          send(response, 500, "text/plain; charset=utf-8", "プログラムの誤りで答えられません。");
        else response.destroy();
      }
    },
  );
  return server;
}

/** One request and its answer. */
class Exchange {
  readonly #desk: Desk;
  readonly #guard: FormGuard;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #visit: Visit;
  readonly #path: string;

  constructor(desk: Desk, guard: FormGuard, request: IncomingMessage, response: ServerResponse) {
    this.#desk = desk;
    this.#guard = guard;
    this.#request = request;
    this.#response = response;
    this.#visit = guard.visitOf(request.headers);
    this.#path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  }

  async answer(): Promise<void> {
    const { method } = this.#request;
    if (method === "POST") return await this.#post();
    if (method !== "GET" && method !== "HEAD")
      return send(this.#response, 405, "text/plain", "", { allow: "GET, HEAD, POST" });
    if (this.#path === "/style.css") return send(this.#response, 200, "text/css; charset=utf-8", deskStyle);
    const certificate = /^\/verifiers\/([a-z][a-z0-9-]{1,31})\/certificates\/([0-9a-f]{64})\.pem$/.exec(this.#path);
    if (certificate !== null) return await this.#sendCertificate(certificate[1] ?? "", certificate[2] ?? "");
    await this.#show(200, {});
  }

  async #post(): Promise<void> {
    if (!comesFromHere(this.#request.headers)) {
      log("warn", "AD003");
      return send(this.#response, 403, "text/plain; charset=utf-8", "この運営卓の画面から送られたものではありません。");
    }
    const form = await readForm(this.#request);
    if (form === undefined) return send(this.#response, 413, "text/plain; charset=utf-8", "大きすぎるか、読めません。");
    if (!this.#guard.holds(this.#visit, form.text("token"))) {
      log("warn", "AD003");
      return await this.#show(403, { complaint: complaintOf("この操作", "pageOld"), form });
    }
    const outcome = await this.#act(form);
    if (outcome === undefined) return await this.#show(404, {});
    await this.#conclude(outcome, form);
  }

  async #act(form: SentForm): Promise<Outcome | undefined> {
    const { verifiers } = this.#desk.client.calls;
    const [, verifier = "", name = ""] = /^\/verifiers\/([a-z][a-z0-9-]{1,31})\/([a-z]+)$/.exec(this.#path) ?? [];
    const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
    try {
      if (this.#path === "/verifiers") return await register(verifiers, form);
      return await act?.(verifiers, verifier, form);
    } catch (error) {
      return { kind: "refused", complaint: complaintAbout(error) };
    }
  }

  async #conclude(outcome: Outcome, form: SentForm): Promise<void> {
    switch (outcome.kind) {
      case "done":
        return send(this.#response, 303, "text/plain", "", {
          location: `/verifiers/${outcome.verifier}`,
          "set-cookie": `said=${outcome.said}; Path=/; HttpOnly; SameSite=Strict; Max-Age=30`,
        });
      case "refused":
        return await this.#show(422, { complaint: outcome.complaint, form });
      case "password": {
        const one = await this.#desk.client.calls.verifiers.look.query({ verifier: verifierIn(this.#path) });
        if (one === null) return await this.#show(404, {});
        return this.#sendPage(200, passwordPage(one, outcome), this.#context({}));
      }
    }
  }

  /** The page at this address, or the one that the form at it stood on. */
  async #show(status: number, { complaint, form }: Shown): Promise<void> {
    const context = this.#context({ complaint, form });
    let page: DeskPage | undefined;
    try {
      page = await this.#pageAt(context);
    } catch (error) {
      return this.#sendAway(error, complaint);
    }
    if (page === undefined) return this.#sendPage(404, notFoundPage, context);
    this.#sendPage(status, page, context);
  }

  async #pageAt(context: PageContext): Promise<DeskPage | undefined> {
    const { verifiers } = this.#desk.client.calls;
    if (this.#path === "/") return registryPage(await verifiers.list.query());
    if (this.#path === "/verifiers/new" || this.#path === "/verifiers") return newVerifierPage(context);
    const verifier = verifierIn(this.#path);
    const one: VerifierOnWire | null = verifier === "" ? null : await verifiers.look.query({ verifier });
    return one === null ? undefined : verifierPage(one, context);
  }

  #context({ complaint, form }: Shown): PageContext {
    const code = cookieIn(this.#request.headers, "said") ?? "";
    const said = Object.entries(sayings).find(([one]) => one === code)?.[1];
    const { operator, now } = this.#desk;
    return {
      ...{ operator, token: this.#visit.token, now: now(), complaint },
      said: complaint === undefined && this.#request.method === "GET" ? said : undefined,
      entered: (field) => form?.text(field) ?? "",
    };
  }

  #sendPage(status: number, page: DeskPage, context: PageContext): void {
    const cookies = [
      ...(this.#visit.known ? [] : [visitCookie(this.#visit)]),
      ...(context.said === undefined ? [] : ["said=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"]),
    ];
    const more = cookies.length === 0 ? {} : { "set-cookie": cookies };
    send(this.#response, status, headers["content-type"], framed(page, context), more);
  }

  async #sendCertificate(verifier: string, fingerprint: string): Promise<void> {
    let certificate: string | null;
    try {
      certificate = await this.#desk.client.calls.verifiers.certificate.query({ verifier, fingerprint });
    } catch (error) {
      return this.#sendAway(error);
    }
    if (certificate === null) return this.#sendPage(404, notFoundPage, this.#context({}));
    const pem = new X509Certificate(Buffer.from(certificate, "base64")).toString();
    send(this.#response, 200, "application/x-pem-file", `${pem}${this.#desk.root}`, {
      "content-disposition": `attachment; filename="${verifier}.pem"`,
    });
  }

  /** What is not known of an act says more than that its page cannot be shown. */
  #sendAway(error: unknown, complaint = pageAway): void {
    log("warn", "AD004", { code: codeOf(error) });
    this.#sendPage(503, awayPage, { ...this.#context({}), complaint });
  }
}

interface Shown {
  readonly complaint?: Complaint | undefined;
  readonly form?: SentForm | undefined;
}

/** The verifier whose page, or form, an address is. */
function verifierIn(path: string): string {
  return /^\/verifiers\/([a-z][a-z0-9-]{1,31})(?:\/[a-z]+)?$/.exec(path)?.[1] ?? "";
}

/** A call that was not answered may have been done; one that was refused as it stands was not. */
function complaintAbout(error: unknown): Complaint {
  const tried = "この操作";
  const code = codeOf(error);
  if (code === "BAD_REQUEST") return complaintOf(tried, "formIncomplete");
  log("warn", "AD004", { code });
  return complaintOf(tried, "authorityAway");
}

function codeOf(error: unknown): string {
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : undefined;
  const code = typeof data === "object" && data !== null && "code" in data ? data.code : undefined;
  return typeof code === "string" ? code : "none";
}

const notFoundPage: DeskPage = {
  title: "ページが見つかりません",
  trail: [["/", "登録簿"]],
  body: html`<p>その署名検証者等か画面はありません。<a href="/">登録簿</a>から選び直してください。</p>`,
};

const awayPage: DeskPage = {
  title: "いまは表示できません",
  trail: [["/", "登録簿"]],
  body: html`<p><a href="/">登録簿を開き直す</a></p>`,
};

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: OutgoingHttpHeaders = {},
): void {
  const length = Buffer.byteLength(body);
  const unread = response.req.complete ? {} : { connection: "close" };
  response.writeHead(status, { ...headers, ...unread, ...more, "content-type": type, "content-length": length });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
