import { maximumClockSkew } from "@mitome/ca";
import type { OperatorRequest } from "@mitome/hsm/protocol";
import type { Activation } from "./activation.ts";
import type { ActivationWatch } from "./activation-watch.ts";
import { answerBytes, macIntent } from "./authority.ts";
import type { Journal } from "./journal.ts";
import { type SigningParts, signIntent } from "./sign-intent.ts";
import type { Answer } from "./socket-server.ts";
import type { TrustedClock } from "./trusted-clock.ts";

/** What an operator's socket needs; only an authority signs, and makes enrolment tickets. */
export interface OperatorParts {
  readonly activation: Activation;
  readonly watch: Pick<ActivationWatch, "hold">;
  readonly signing: SigningParts | undefined;
  readonly journal: Journal;
  readonly clock: TrustedClock;
  readonly status: () => Answer;
}

// An hour, and what the operator's clock may be ahead of ours.
const longestTicket = 3_600_000 + maximumClockSkew;

const notAnAuthority: Answer = { kind: "refused", reason: "malformedRequest", detail: "op" };

/** Serves the operator's socket: activation, the clock, enrolment tickets, and certificates of the authority's own keys. */
export function serveOperator({ activation, watch, signing, journal, clock, status }: OperatorParts) {
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
        if (signing === undefined) return notAnAuthority;
        const { inspector } = signing;
        if (ticket.authority !== inspector.authority) {
          return { kind: "refused", reason: "malformedRequest", detail: "ticket.authority" };
        }
        const left = new Date(ticket.expiresAt).getTime() - clock.now().getTime();
        if (left <= 0) return { kind: "refused", reason: "ticketExpired" };
        if (left > longestTicket) return { kind: "refused", reason: "malformedRequest", detail: "ticket.expiresAt" };
        return answerBytes("mac", inspector.ticketMac(ticket));
      }
      case "macIntent":
        return signing === undefined ? notAnAuthority : macIntent(signing, "operator", request.intent);
      case "sign":
        return signing === undefined ? notAnAuthority : signIntent(signing, "operator", request);
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
