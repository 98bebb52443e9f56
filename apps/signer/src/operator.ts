import type { OperatorRequest } from "@mitome/hsm/protocol";
import type { Activation } from "./activation.ts";
import type { ActivationWatch } from "./activation-watch.ts";
import { answerBytes } from "./authority.ts";
import type { Inspector } from "./inspection.ts";
import type { Journal } from "./journal.ts";
import type { Answer } from "./socket-server.ts";
import type { TrustedClock } from "./trusted-clock.ts";

/** What an operator's socket needs; only an authority has an inspector, and with it enrolment tickets. */
export interface OperatorParts {
  readonly activation: Activation;
  readonly watch: Pick<ActivationWatch, "hold">;
  readonly inspector: Inspector | undefined;
  readonly journal: Journal;
  readonly clock: TrustedClock;
  readonly status: () => Answer;
}

/** Serves the operator's socket: activation, deactivation, enrolment tickets, and the clock's confirmation. */
export function serveOperator({ activation, watch, inspector, journal, clock, status }: OperatorParts) {
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
        if (new Date(ticket.expiresAt) <= clock.now()) return { kind: "refused", reason: "ticketExpired" };
        return answerBytes("mac", inspector.ticketMac(ticket));
      }
      case "confirmClock": {
        const { first, second } = request;
        if (first === second) return { kind: "refused", reason: "malformedRequest", detail: "second" };
        clock.confirm();
        await journal.append({ kind: "clockConfirmed", first, second });
        return { kind: "answer", fields: {} };
      }
    }
  };
}
