/** Where a machine without a certificate redeems its one-time code: TLS 1.3, one procedure, nothing else. */
import { createServer, type Server } from "node:https";
import type { CertificationAuthority } from "@mitome/ca";
import { enrolmentRouter } from "@mitome/ca-api";
import { answerCall } from "./answer-call.ts";
import type { TlsIdentity } from "./mutual-tls-listener.ts";

/** Makes the listener; the caller binds it. */
export function enrolmentListener(authority: CertificationAuthority, tls: TlsIdentity): Server {
  return createServer(
    {
      ...{ cert: tls.certificate, key: tls.key, minVersion: "TLSv1.3" },
      ...{ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
    },
    (request, response) => void answerCall(enrolmentRouter, request, response, { authority }, () => ({})),
  );
}
