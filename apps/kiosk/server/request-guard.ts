import type { IncomingMessage } from "node:http";

/** Why a request is not looked at further. */
export type RequestFault = "host" | "method" | "origin" | "crossSite" | "contentType";

/**
 * Whether a request may be looked at: for our own host, and, to the API, from our own pages only. With SameSite=Strict
 * cookies and JSON alone as body, a page of another origin can neither act nor read.
 */
export function requestFault(request: IncomingMessage, origin: string, apiPath: string): RequestFault | null {
  const { host, origin: from, "sec-fetch-site": site, "content-type": type } = request.headers;
  // A name that was bound anew to this address (DNS rebinding) is not our host.
  if (host !== new URL(origin).host) return "host";
  const { method } = request;
  if (method !== "GET" && method !== "HEAD" && method !== "POST") return "method";
  if (request.url?.startsWith(apiPath) !== true) return method === "POST" ? "method" : null;
  if (site !== undefined && site !== "same-origin") return "crossSite";
  if (from !== undefined && from !== origin) return "origin";
  if (method !== "POST") return null;
  if (from !== origin) return "origin";
  return type?.split(";")[0]?.trim() === "application/json" ? null : "contentType";
}
