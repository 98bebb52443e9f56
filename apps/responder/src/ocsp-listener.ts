/** Where verifiers ask: plain node:http, alone or behind a proxy. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { ocspError } from "@mitome/x509";
import { answerOcsp, type OcspAnswer, type Responder } from "./answer-ocsp.ts";
import { listenerBounds } from "./bind-listener.ts";
import { clientOfConnection, clientSaidByProxy } from "./client-certificate.ts";
import type { ListenerConfiguration } from "./configuration.ts";
import { log } from "./log.ts";
import { keptHeaders, ocspRequestIn, unkeptHeaders } from "./ocsp-over-http.ts";
import { productAt, type RevocationInformationSource, sendProvision } from "./revocation-provision.ts";
import { isListPath, type ListDesk, type SubscriberLists, sendSubscriberList } from "./subscriber-lists.ts";

/** What verifiers ask for. */
export interface VerifiersDesk extends Responder, Omit<ListDesk, "lists"> {
  readonly lists: SubscriberLists | undefined;
  readonly information: RevocationInformationSource | undefined;
}

/** Makes the listener; the caller binds it. */
export function verifiersListener(place: ListenerConfiguration, desk: VerifiersDesk): Server {
  if (place.kind !== "https") {
    const clientOf = place.kind === "behindProxy" ? clientSaidByProxy : () => undefined;
    return createServer(listenerBounds, (request, response) => void answer(desk, request, response, clientOf));
  }
  const server = createTlsServer(
    {
      ...listenerBounds,
      ...{ cert: readFileSync(place.certificate), key: readFileSync(place.key), minVersion: "TLSv1.2" },
      // The handshake proves that the peer has the certificate's key; whose it is, the registry says by its fingerprint.
      ...{ requestCert: true, rejectUnauthorized: false },
    },
    (request, response) => void answer(desk, request, response, clientOfConnection),
  );
  server.on("tlsClientError", (error) => {
    log("info", "RS007", { reason: "code" in error ? String(error.code) : "unknown" });
  });
  return server;
}

async function answer(
  desk: VerifiersDesk,
  request: IncomingMessage,
  response: ServerResponse,
  clientOf: (request: IncomingMessage) => string | undefined,
): Promise<void> {
  try {
    const { lists, information } = desk;
    if (lists !== undefined && isListPath(request.url))
      return await sendSubscriberList({ ...desk, lists }, request, response, clientOf(request));
    const product = productAt(request.url);
    if (product !== undefined && lists !== undefined && information !== undefined)
      return await sendProvision({ ...desk, lists, information }, product, request, response, clientOf(request));
    const der = await ocspRequestIn(request);
    if (!(der instanceof Uint8Array)) {
      // What was not read to its end cannot be followed by another request.
      response.writeHead(der.status, {
        ...der.headers,
        "content-length": 0,
        ...(request.complete ? {} : { connection: "close" }),
      });
      return void response.end();
    }
    const said = await answerOcsp(desk, { der, client: clientOf(request) });
    if (said.kind === "error") return sendError(response, said);
    const { signed } = said;
    const kept = said.repeatable && request.method === "GET";
    response.writeHead(200, kept ? keptHeaders(signed, desk.now()) : unkeptHeaders(signed.response));
    response.end(signed.response);
  } catch (error) {
    if (response.destroyed) return;
    log("error", "RS006", { name: error instanceof Error ? error.name : "unknown" });
    const internal = ocspError("internalError");
    response.writeHead(200, unkeptHeaders(internal)).end(internal);
  }
}

/** RFC 6960 §4.2.1: an error is a response too; HTTP did its work. */
function sendError(
  response: ServerResponse,
  { error, reason, verifier, fault }: Extract<OcspAnswer, { readonly kind: "error" }>,
): void {
  log(error === "tryLater" ? "warn" : "info", "RS003", {
    error,
    reason,
    ...(verifier === undefined ? {} : { verifier }),
    ...(fault === undefined ? {} : { fault }),
  });
  const said = ocspError(error);
  response.writeHead(200, unkeptHeaders(said)).end(said);
}
