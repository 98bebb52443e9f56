import type { IntentFields } from "@mitome/hsm/signer-client";

/** Which of the signer's sockets an intent came over. */
export type IntentSocket = "ordinary" | "operator";

// A further certificate of the authority's own keys is a ceremony's act: the server that issues cannot ask for one, and
// the operators' scripts cannot have a resident's or a machine's certificate signed.
const servedOn: { readonly [Kind in IntentFields["kind"]]: IntentSocket } = {
  subscriber: "ordinary",
  equipment: "ordinary",
  "self-signed": "operator",
  "ocsp-responder": "operator",
  "equipment-root": "operator",
};

/** Whether intents of this kind are MACed and signed over this socket. */
export function isServedOn(socket: IntentSocket, kind: IntentFields["kind"]): boolean {
  return servedOn[kind] === socket;
}
