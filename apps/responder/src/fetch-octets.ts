import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { rootCertificates } from "node:tls";

/** An answer as it came. */
export interface Fetched {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** What is sent, and whom to trust beside the machine's roots (PEM). */
export interface FetchOptions {
  readonly trust?: string | undefined;
  /** Sent by POST. */
  readonly post?: { readonly type: string; readonly body: Uint8Array };
}

const patience = 20_000;
const mostOctets = 256 * 1_024 * 1_024;

/** Fetches a URL over a connection of its own, past every cache that heeds it. Rejects when no whole answer came in time. */
export async function fetchOctets(url: string, { trust, post }: FetchOptions = {}): Promise<Fetched> {
  const request = url.startsWith("https:") ? requestTls : requestPlain;
  const headers = {
    "cache-control": "no-cache",
    ...(post && { "content-type": post.type, "content-length": post.body.length }),
  };
  const ca = trust === undefined ? {} : { ca: [...rootCertificates, trust] };
  const options = { method: post === undefined ? "GET" : "POST", headers, agent: false, ...ca };
  return await new Promise((resolve, reject) => {
    const asked = request(url, { ...options, signal: AbortSignal.timeout(patience) }, async (response) => {
      try {
        const chunks: Uint8Array[] = [];
        let size = 0;
        for await (const chunk of response) {
          size += chunk.length;
          if (size > mostOctets) throw new RangeError("an answer without end");
          chunks.push(chunk);
        }
        const { statusCode: status = 0, headers: said } = response;
        resolve({ status, contentType: said["content-type"], body: Buffer.concat(chunks) });
      } catch (problem) {
        reject(problem);
      }
    });
    asked.once("error", reject);
    asked.end(post?.body);
  });
}
