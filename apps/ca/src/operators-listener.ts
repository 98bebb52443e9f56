/** Where the operators' desk calls (`apps/admin`). */
import type { Server } from "node:https";
import type { VerifierOffice } from "@mitome/ca";
import { operatorsRouter } from "@mitome/ca-api";
import { answerCall } from "./answer-call.ts";
import type { EquipmentDirectory } from "./equipment-directory.ts";
import { mutualTlsListener, personIn, type TlsIdentity } from "./mutual-tls-listener.ts";

/**
 * Makes the listener of operators' desks. Which desk is calling is read from its certificate; which operator sits there,
 * for the audit trail alone, is what the desk says.
 */
export function operatorsListener(office: VerifierOffice, directory: EquipmentDirectory, tls: TlsIdentity): Server {
  return mutualTlsListener(["operator-desk"], directory, tls, async ({ place }, request, response) => {
    const operator = personIn(request.headers["mitome-operator"]);
    if (operator === undefined) return void request.socket.destroy();
    const acting = { origin: { system: "ca-operators", operator: `${place}/${operator}` } };
    await answerCall(operatorsRouter, request, response, { office, acting }, () => ({}));
  });
}
