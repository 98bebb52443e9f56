/** The public pages and the repository over HTTP (千葉県運用規程 2-6): for anyone, and nothing that is not for anyone. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { PublicView } from "../pages/public-view.ts";
import { type RenderedPage, renderNotFound, renderPage } from "../pages/render-page.ts";
import { answerForObject, type ServedObject } from "../pages/repository-object.ts";
import { publicObjects } from "../pages/repository-paths.ts";
import { listenerBounds } from "./bind-listener.ts";
import type { ListenerConfiguration } from "./configuration.ts";
import { log } from "./log.ts";
import { sendAnswer, sendSentence } from "./send-answer.ts";

/** Characters of the longest address that is looked at (RFC 9110 §4.1 recommends 8,000 at least). */
const longestAddress = 8_192;

/** What is shown: made anew from each view, and each page once. */
export class PublicSite {
  readonly #origin: string;
  readonly #now: () => Date;
  #view: PublicView;
  #objects: ReadonlyMap<string, ServedObject>;
  #pages = new Map<string, RenderedPage>();

  /** `origin` is the site's address without a slash at the end. */
  constructor(origin: string, view: PublicView, now: () => Date) {
    this.#origin = origin;
    this.#now = now;
    this.#view = view;
    this.#objects = publicObjects(view);
  }

  /** What was shown last. */
  get view(): PublicView {
    return this.#view;
  }

  show(view: PublicView): void {
    this.#view = view;
    this.#objects = publicObjects(view);
    this.#pages = new Map();
  }

  /** Makes a listener; the caller binds it. */
  listener(place: ListenerConfiguration): Server {
    // RFC 6797 §7.2: over TLS alone, our own or the proxy's.
    const isSecure = place.kind !== "http" && this.#origin.startsWith("https:");
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      if (isSecure) response.setHeader("strict-transport-security", "max-age=31536000");
      this.#answer(request, response);
    };
    if (place.kind !== "https") return createServer(listenerBounds, answer);
    const pair = { cert: readFileSync(place.certificate), key: readFileSync(place.key) };
    return createTlsServer({ ...listenerBounds, ...pair, minVersion: "TLSv1.2" }, answer);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    try {
      this.#answerRight(request, response);
    } catch (problem) {
      log("error", "RS006", { name: problem instanceof Error ? problem.name : "unknown" });
      if (!response.headersSent) sendSentence(request, response, 500, "ページを表示できません。");
    }
  }

  #answerRight(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    if (method !== "GET" && method !== "HEAD")
      return void sendSentence(request, response, 405, "GET, HEAD", { allow: "GET, HEAD" });
    if (url.length > longestAddress) return void sendSentence(request, response, 414, "アドレスが長すぎます。");
    const path = pathOf(url);
    const object = this.#objects.get(path);
    if (object !== undefined) {
      const answer = answerForObject(object, { method, headers }, this.#now());
      return void sendAnswer(request, response, answer.status, answer.headers, answer.body);
    }
    const page = this.#page(path) ?? renderNotFound(path, this.#view);
    sendAnswer(request, response, page.status, page.headers, page.body);
  }

  #page(path: string): RenderedPage | undefined {
    const page = this.#pages.get(path) ?? renderPage(path, this.#view, this.#origin);
    // There are only so many: a path that leads nowhere is not kept.
    if (page !== undefined) this.#pages.set(path, page);
    return page;
  }
}

/** RFC 9112 §3.2: the path of a target in origin form or absolute form; the query means nothing here. */
function pathOf(target: string): string {
  const [path = ""] = target.replace(/^https?:\/\/[^/?]*/i, "").split("?", 1);
  return path === "" ? "/" : path;
}
