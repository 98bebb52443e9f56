/** Where municipalities call. */
import type { Server } from "node:https";
import { formatHead } from "@mitome/audit";
import type { CertificationAuthority } from "@mitome/ca";
import { type CallContext, caRouter } from "@mitome/ca-api";
import { answerCall } from "./answer-call.ts";
import type { EquipmentDirectory } from "./equipment-directory.ts";
import { mutualTlsListener, personIn, type TlsIdentity } from "./mutual-tls-listener.ts";

type CallInHand = { -readonly [Field in keyof CallContext]: CallContext[Field] };

/** Makes the listener of municipalities' servers and device agents; the router says what each may do. */
export function municipalListener(
  authority: CertificationAuthority,
  directory: EquipmentDirectory,
  tls: TlsIdentity,
): Server {
  return mutualTlsListener(["server", "agent"], directory, tls, async (caller, request, response) => {
    const call: CallInHand = {
      ...{ caller, clerk: personIn(request.headers["mitome-clerk"]), authority, head: undefined },
      equipmentInForce: () => directory.inForceOf(caller.municipality),
      witness: (head) => {
        call.head = head;
      },
    };
    await answerCall(caRouter, request, response, call, () => headersOf(call));
  });
}

/** Every answer carries the audit head that its act produced, for the municipality to keep as witness. */
function headersOf({ head }: CallInHand): Record<string, string> {
  return head === undefined ? {} : { "mitome-audit-head": formatHead(head) };
}
