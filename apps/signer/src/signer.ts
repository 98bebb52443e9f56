import { uptime } from "node:os";
import type { AuthorityDefinition } from "@mitome/ca";
import { Token, type TokenState } from "@mitome/hsm";
import { authorityRequest, cardsRequest, operatorRequest } from "@mitome/hsm/protocol";
import type { HsmUnavailableCause } from "@mitome/hsm/signer-client";
import { Activation, readPinFile } from "./activation.ts";
import { ActivationWatch } from "./activation-watch.ts";
import { serveAuthority } from "./authority.ts";
import { readAuthorityDefinition } from "./authority-definition-file.ts";
import { CannotStart } from "./cannot-start.ts";
import { serveCards } from "./cards.ts";
import { InspectedStretches } from "./inspected-stretches.ts";
import { Inspector } from "./inspection.ts";
import { type IntentLedger, openIntentLedger } from "./intent-ledger.ts";
import { Journal } from "./journal.ts";
import { serveOperator } from "./operator.ts";
import type { CrashPoint, SignerConfiguration } from "./signer-configuration.ts";
import { type Answer, type ListeningSocket, listen } from "./socket-server.ts";
import { TrustedClock } from "./trusted-clock.ts";

/** Everything a signer says to its log; codes, never a person's data. */
export type SignerNotice =
  | { readonly code: "tokenState"; readonly state: TokenState; readonly cause?: HsmUnavailableCause }
  | { readonly code: "journalTorn"; readonly octets: number }
  | { readonly code: "pinFileWrong" }
  | { readonly code: "unexpected"; readonly error: string };

/** A signer that listens on both its sockets. */
export interface RunningSigner {
  /** Stops taking requests, lets operations end, logs out. */
  stop(): Promise<void>;
}

/** Starts one instance. Throws CannotStart. */
export async function startSigner(
  configuration: SignerConfiguration,
  notice: (notice: SignerNotice) => void,
): Promise<RunningSigner> {
  const definition = ownDefinition(configuration);
  const clock = new TrustedClock({ now: () => new Date(), uptime });
  const now = () => clock.now();
  const journal = await Journal.open(configuration.journal, now);
  const { tornOctets } = journal.past;
  if (tornOctets > 0) notice({ code: "journalTorn", octets: tornOctets });
  const token = await Token.open({
    ...configuration,
    onState: (state, cause) => notice({ code: "tokenState", state, ...(cause === undefined ? {} : { cause }) }),
  });
  await journal.append({ kind: "started", instance: configuration.instance, tornOctets });

  const activation = new Activation(token, journal, now);
  const status = (): Answer => ({
    kind: "answer",
    fields: {
      instance: configuration.instance,
      token: token.state,
      unattended: configuration.unattended,
      journal: journal.status,
    },
  });
  const unexpected = (error: unknown) =>
    notice({ code: "unexpected", error: error instanceof Error ? error.name : "unknown" });
  const parts = partsOf(configuration, definition, { token, journal, clock });
  const { pinFile } = configuration;
  const watch = new ActivationWatch({
    token,
    activation,
    now,
    ...(parts === undefined ? {} : { readActivations: () => parts.ledger.readActivations(parts.inspector.authority) }),
    ...(pinFile === undefined ? {} : { unattendedPin: () => readPinFile(pinFile) }),
    onWrongPin: () => notice({ code: "pinFileWrong" }),
    unexpected,
  });
  await watch.start();

  const service = await listenFor(configuration, { token, parts, status, unexpected });
  const operator = await listen({
    path: configuration.operatorSocket,
    requests: operatorRequest,
    serve: serveOperator({ activation, watch, signing: parts, journal, clock, status }),
    unexpected,
  });
  return {
    stop: async () => {
      watch.stop();
      await Promise.all([service.close(), operator.close()]);
      if (token.state === "ready") await activation.deactivate("stopping");
      await token.close();
      await parts?.ledger.close();
      await journal.close();
    },
  };
}

type Held = { readonly token: Token; readonly journal: Journal; readonly clock: TrustedClock };
type AuthorityParts = Held & {
  readonly ledger: IntentLedger;
  readonly inspector: Inspector;
  readonly stretches: InspectedStretches;
  readonly reach: (point: CrashPoint) => void;
};

/** The definition that an authority's signer holds to; the card keys have none. */
function ownDefinition(configuration: SignerConfiguration): AuthorityDefinition | undefined {
  if (configuration.instance !== "authority") return undefined;
  const definition = readAuthorityDefinition(configuration.authorityDefinition);
  if (configuration.unattended && !definition.unattended) {
    throw new CannotStart(`${definition.id} is not an unattended authority: its PIN is not kept in a file`);
  }
  return definition;
}

function partsOf(
  configuration: SignerConfiguration,
  definition: AuthorityDefinition | undefined,
  held: Held,
): AuthorityParts | undefined {
  if (configuration.instance !== "authority" || definition === undefined) return undefined;
  return {
    ...held,
    ledger: openIntentLedger(configuration.database),
    inspector: new Inspector(held.token, definition),
    stretches: new InspectedStretches(),
    reach: (point) => {
      if (point === configuration.crashAt) process.kill(process.pid, "SIGKILL");
    },
  };
}

function listenFor(
  configuration: SignerConfiguration,
  serving: {
    readonly token: Token;
    readonly parts: AuthorityParts | undefined;
    readonly status: () => Answer;
    readonly unexpected: (error: unknown) => void;
  },
): Promise<ListeningSocket> {
  const { token, parts, status, unexpected } = serving;
  const path = configuration.socket;
  return parts === undefined
    ? listen({ path, requests: cardsRequest, serve: serveCards(token, status), unexpected })
    : listen({ path, requests: authorityRequest, serve: serveAuthority(parts, status), unexpected });
}
