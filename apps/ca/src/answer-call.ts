/**
 * One tRPC call over plain HTTP: `GET /<path>?input=…` for a query, `POST /<path>` for a mutation, no batches, no streams.
 * tRPC's own adapter makes a web Request, streams and abort signals for every call, which costs more than the call.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { deepestBody, largestBodyOf } from "@mitome/ca-api";
import {
  type AnyTRPCRouter,
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  type inferRouterContext,
  TRPCError,
} from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { log } from "./log.ts";
import { isDeeperThan, readBody } from "./request-body.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Reads, calls, answers. `headers` is asked once the call is done. */
export async function answerCall<Router extends AnyTRPCRouter>(
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
  ctx: inferRouterContext<Router>,
  headers: () => Record<string, string>,
): Promise<void> {
  const { status, body } = await callOf(router, request, ctx);
  if (response.destroyed) return;
  response.writeHead(status, {
    ...{ "content-type": "application/json", "content-length": Buffer.byteLength(body), "cache-control": "no-store" },
    // What was not read to its end cannot be followed by another request.
    ...(request.complete ? {} : { connection: "close" }),
    ...headers(),
  });
  response.end(body);
}

async function callOf<Router extends AnyTRPCRouter>(
  router: Router,
  request: IncomingMessage,
  ctx: inferRouterContext<Router>,
): Promise<Answer> {
  const [pathname = "", query = ""] = (request.url ?? "").split("?", 2);
  const path = pathname.slice(1);
  const type = request.method === "POST" ? "mutation" : "query";
  try {
    const input = await inputOf(request, path, query);
    const call = { router, path, type, ctx, getRawInput: async () => input, signal: undefined, batchIndex: 0 } as const;
    const data: unknown = await callTRPCProcedure(call);
    return { status: 200, body: JSON.stringify({ result: { data } }) };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    // The cause may carry anything: only its name is said.
    if (error.code === "INTERNAL_SERVER_ERROR") {
      log("error", "CA007", { call: path.slice(0, 64), name: error.cause?.name ?? error.name });
    }
    const shape = getTRPCErrorShape({ config: router._def._config, error, type, path, input: undefined, ctx });
    return { status: getHTTPStatusCodeFromError(error), body: JSON.stringify({ error: shape }) };
  }
}

async function inputOf(request: IncomingMessage, path: string, query: string): Promise<unknown> {
  const text =
    request.method === "POST" ? await bodyOf(request, path) : (new URLSearchParams(query).get("input") ?? "");
  if (text === "") return undefined;
  if (isDeeperThan(text, deepestBody)) throw new TRPCError({ code: "BAD_REQUEST", message: "body" });
  try {
    return JSON.parse(text);
  } catch {
    throw new TRPCError({ code: "PARSE_ERROR" });
  }
}

async function bodyOf(request: IncomingMessage, path: string): Promise<string> {
  const text = await readBody(request, largestBodyOf(path));
  if (text === undefined) throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
  return text;
}
