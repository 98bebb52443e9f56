/** Where a machine without a certificate redeems its one-time code: TLS 1.3, one procedure, nothing else. */
import { createServer, type Server } from "node:https";
import type { CertificationAuthority } from "@mitome/ca";
import { deepestBody, enrolmentRouter, largestBody } from "@mitome/ca-api";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { log } from "./log.ts";
import type { TlsIdentity } from "./municipal-listener.ts";
import { readBody } from "./request-body.ts";

/** Makes the listener; the caller binds it. */
export function enrolmentListener(authority: CertificationAuthority, tls: TlsIdentity): Server {
  const handle = createHTTPHandler({
    router: enrolmentRouter,
    createContext: () => ({ authority }),
    onError: ({ error, path }) => {
      if (error.code === "INTERNAL_SERVER_ERROR") {
        log("error", "CA007", { call: path ?? "-", name: error.cause?.name ?? error.name });
      }
    },
  });
  return createServer(
    {
      ...{ cert: tls.certificate, key: tls.key, minVersion: "TLSv1.3" },
      ...{ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
    },
    async (request, response) => {
      const body = await readBody(request, largestBody, deepestBody);
      if (body.kind === "body") return handle(Object.assign(request, { body: body.text }), response);
      response.writeHead(body.kind === "tooLarge" ? 413 : 400, { connection: "close" }).end();
    },
  );
}
