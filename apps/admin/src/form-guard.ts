/** That a form was sent from one of the desk's own pages: its origin, and a token that only those pages hold. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

const cookieName = "desk";

/** A browser's visit: its cookie, and the token of every form it is given. */
export interface Visit {
  readonly cookie: string;
  readonly token: string;
  /** Whether the browser has the cookie already. */
  readonly known: boolean;
}

/** Guards the forms of one process: after a restart, pages that are open are asked to load again. */
export class FormGuard {
  readonly #key = randomBytes(32);

  /** The visit that a request belongs to, or a new one. */
  visitOf(headers: IncomingHttpHeaders): Visit {
    const sent = cookieIn(headers, cookieName);
    const known = sent !== undefined && /^[A-Za-z0-9_-]{32}$/.test(sent);
    const cookie = known ? sent : randomBytes(24).toString("base64url");
    return { cookie, known, token: this.#tokenOf(cookie) };
  }

  /** Whether a form's token is that of the visit. */
  holds({ token }: Visit, sent: string): boolean {
    const [own, other] = [Buffer.from(token), Buffer.from(sent)];
    return own.length === other.length && timingSafeEqual(own, other);
  }

  #tokenOf(cookie: string): string {
    return createHmac("sha256", this.#key).update(cookie).digest("base64url");
  }
}

/** Whether a request names this desk and no other (DNS rebinding), `127.0.0.1:3909` or `localhost:3909`. */
export function namesThisDesk({ host = "" }: IncomingHttpHeaders, port: number): boolean {
  return [`127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port}`].includes(host);
}

/** Whether a form comes from the origin that it is sent to. Browsers say it of every form; what does not is none of ours. */
export function comesFromHere({ host, origin, "sec-fetch-site": site }: IncomingHttpHeaders): boolean {
  return origin === `http://${host}` && (site === undefined || site === "same-origin");
}

/** The header that gives a browser its visit. */
export function visitCookie({ cookie }: Visit): string {
  return `${cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
}

/** The value of a cookie. */
export function cookieIn({ cookie = "" }: IncomingHttpHeaders, name: string): string | undefined {
  const found = cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}
