import type { OperatorRequest } from "@mitome/hsm/protocol";
import type { Activation } from "./activation.ts";
import type { ActivationWatch } from "./activation-watch.ts";
import { answerBytes } from "./authority.ts";
import type { Inspector } from "./inspection.ts";
import type { Answer } from "./socket-server.ts";

/** What an operator's socket needs; only an authority has an inspector, and with it enrolment tickets. */
export interface OperatorParts {
  readonly activation: Activation;
  readonly watch: Pick<ActivationWatch, "hold">;
  readonly inspector: Inspector | undefined;
  readonly now: () => Date;
  readonly status: () => Answer;
}

/** Serves the operator's socket: activation, deactivation and enrolment tickets. */
export function serveOperator({ activation, watch, inspector, now, status }: OperatorParts) {
  return async (request: OperatorRequest): Promise<Answer> => {
    switch (request.op) {
      case "status":
        return status();
      case "activate": {
        watch.hold(false);
        const outcome = await activation.activate(request.pin);
        return outcome === "activated" ? { kind: "answer", fields: {} } : { kind: "refused", reason: outcome };
      }
      case "deactivate":
        watch.hold(true);
        await activation.deactivate("operator");
        return { kind: "answer", fields: {} };
      case "makeTicket": {
        const { ticket } = request;
        if (inspector === undefined || ticket.authority !== inspector.authority) {
          return { kind: "refused", reason: "malformedRequest", detail: "ticket.authority" };
        }
        if (new Date(ticket.expiresAt) <= now()) return { kind: "refused", reason: "ticketExpired" };
        return answerBytes("mac", inspector.ticketMac(ticket));
      }
    }
  };
}
