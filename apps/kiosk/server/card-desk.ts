import { createHash, randomUUID } from "node:crypto";
import { type AgentCommand, type AgentResult, agentResult } from "@mitome/card";
import type { AgentCommandRecord, AgentCommandStore } from "@mitome/db/ra";
import type { CardOperationRequest, SealingKey, TroubleKind } from "@mitome/ra";
import type { AgentConnection } from "./agent-connection.ts";

/** The counter cannot serve the card now; the case stays and goes on when agent and card are there. */
export class CounterNotReady extends Error {
  readonly trouble: Extract<TroubleKind, "agentAbsent" | "cardAbsent" | "otherCard">;
  constructor(trouble: "agentAbsent" | "cardAbsent" | "otherCard") {
    super("the counter's agent or card is not there");
    this.name = "CounterNotReady";
    this.trouble = trouble;
  }
}

/** For which attempt, at which counter, on which card. */
export interface CardWork {
  readonly caseId: string;
  readonly attempt: number;
  readonly counter: string;
  readonly cardNumber: string;
  /** The effect that needs it; the same key never runs twice once it came to its end. */
  readonly key: string;
}

/** What the desk asks of a counter's agent. */
export type CounterAgent = Pick<AgentConnection, "sessionKey" | "card" | "give" | "onceClosed">;

export interface CardDeskDependencies {
  readonly agentOf: (counter: string) => CounterAgent | null;
  readonly commands: AgentCommandStore;
  readonly clock: () => Date;
}

/** Minutes for which a command is good. */
const commandMinutes = 5;

/** Longest wait for an operation, in milliseconds; given again, the agent says that it is still running. */
const patience = 60_000;

// Sent instead of a password that this process no longer holds: the agent knows the command's id and answers what became
// of it, or, if it never got it, refuses the seal before it touches the card.
const noPassword = { enc: Buffer.alloc(32).toString("base64"), ciphertext: Buffer.alloc(16).toString("base64") };

/** Gives card operations to the counters' agents, each exactly once, across restarts of server and agent. */
export class CardDesk {
  readonly #use: CardDeskDependencies;
  readonly #waiting = new Map<string, (result: AgentResult) => void>();
  readonly #sealed = new Map<string, { commandNumber: number; sealedPassword: { enc: string; ciphertext: string } }>();
  // The promise is kept, not the number: two screens that ask at once must be told the same one.
  readonly #reserved = new Map<string, { number: Promise<number>; agent: CounterAgent }>();

  constructor(dependencies: CardDeskDependencies) {
    this.#use = dependencies;
  }

  /** The gateway recorded a result. */
  ended(commandId: string, result: AgentResult): void {
    this.#waiting.get(commandId)?.(result);
  }

  /** What the resident's page seals the password to: this terminal, case, attempt, card and the number of the command to come. */
  async sealingKey(work: Omit<CardWork, "key">): Promise<SealingKey | null> {
    const { caseId, attempt, counter, cardNumber } = work;
    const agent = this.#use.agentOf(counter);
    const sessionKey = agent?.sessionKey ?? null;
    if (agent === null || sessionKey === null) return null;
    const place = `${caseId}:${attempt}`;
    const kept = this.#reserved.get(place);
    const number = kept?.agent === agent ? kept.number : this.#use.commands.nextNumber(counter);
    this.#reserved.set(place, { number, agent });
    number.catch(() => this.#reserved.delete(place));
    const commandNumber = await number;
    return {
      sessionKey,
      binding: { terminal: counter, caseId, attempt, cardNumber, operation: "makeKey", commandNumber },
    };
  }

  /** Takes a sealed password for the attempt's one command; false when it was sealed for an older view. */
  async takeSealedPassword(
    caseId: string,
    attempt: number,
    sealed: { commandNumber: number; sealedPassword: { enc: string; ciphertext: string } },
  ): Promise<boolean> {
    const place = `${caseId}:${attempt}`;
    if ((await this.#reserved.get(place)?.number) !== sealed.commandNumber) return false;
    this.#sealed.set(place, sealed);
    return true;
  }

  /** The makeKey operation of an attempt; null when neither a password nor a command for it is known: it was lost with a restart. */
  async makeKey(
    work: CardWork,
    algorithm: "rsa-2048" | "p-384" | "rsa-1024",
    caseChallenge: string,
  ): Promise<AgentResult | null> {
    const place = `${work.caseId}:${work.attempt}`;
    const sealed = this.#sealed.get(place);
    const known = await this.#use.commands.newestOf(work.caseId, work.key);
    if (known === null && sealed === undefined) return null;
    // Begun at another counter: that agent's key is thrown away with the attempt.
    if (known !== null && known.result === null && known.terminal !== work.counter) return null;
    const sealedPassword = sealed?.sealedPassword ?? noPassword;
    const request = { operation: "makeKey", algorithm, caseChallenge, sealedPassword } as const;
    const result = await this.#run(work, known, request, sealed?.commandNumber ?? null, () => true);
    this.#sealed.delete(place);
    this.#reserved.delete(place);
    return result;
  }

  /** Reads the state of the card, anew each time. */
  async status(work: CardWork): Promise<AgentResult> {
    return this.#run(work, null, { operation: "status" }, null, () => false);
  }

  /** Writes both certificates; a result whose hashes are those of the certificates is final. */
  async store(
    work: CardWork,
    request: Extract<CardOperationRequest, { operation: "storeCertificates" }>,
  ): Promise<AgentResult> {
    const known = await this.#use.commands.newestOf(work.caseId, work.key);
    return this.#run(work, known, request, null, (result) => isStored(result, request));
  }

  async erase(work: CardWork): Promise<AgentResult> {
    const known = await this.#use.commands.newestOf(work.caseId, work.key);
    return this.#run(work, known, { operation: "erase" }, null, ({ kind }) => kind === "erased");
  }

  async #run(
    work: CardWork,
    known: AgentCommandRecord | null,
    request: CardOperationRequest,
    commandNumber: number | null,
    isFinal: (result: AgentResult) => boolean,
  ): Promise<AgentResult> {
    const earlier = known?.result == null ? null : agentResult.parse(known.result);
    if (earlier !== null && isFinal(earlier)) return earlier;
    const agent = this.#use.agentOf(work.counter);
    if (agent === null) throw new CounterNotReady("agentAbsent");
    const running = known !== null && known.result === null && known.terminal === work.counter ? known : null;
    if (running === null) this.#demandCard(agent, work.cardNumber);
    const named = running ?? (await this.#record(work, request, commandNumber));
    return this.#give(agent, commandOf(work, named, request, this.#use.clock()));
  }

  #demandCard(agent: CounterAgent, cardNumber: string): void {
    const { present, cardNumber: onReader } = agent.card;
    if (!present) throw new CounterNotReady("cardAbsent");
    if (onReader !== cardNumber) throw new CounterNotReady("otherCard");
  }

  // Recorded before it is given: an agent never runs a command that we know nothing of.
  async #record(work: CardWork, request: CardOperationRequest, commandNumber: number | null) {
    const { commands, clock } = this.#use;
    const named = {
      commandId: randomUUID(),
      commandNumber: commandNumber ?? (await commands.nextNumber(work.counter)),
    };
    const { caseId, key: effectKey, counter: terminal } = work;
    await commands.issue({ ...named, terminal, caseId, effectKey, operation: request.operation }, clock());
    return named;
  }

  async #give(agent: CounterAgent, command: AgentCommand): Promise<AgentResult> {
    let timer: NodeJS.Timeout | undefined;
    let takeBack = (): void => {};
    try {
      return await new Promise<AgentResult>((resolve, reject) => {
        timer = setTimeout(() => reject(new CounterNotReady("agentAbsent")), patience);
        this.#waiting.set(command.commandId, resolve);
        takeBack = agent.onceClosed(() => reject(new CounterNotReady("agentAbsent")));
        agent.give(command);
      });
    } finally {
      clearTimeout(timer);
      takeBack();
      this.#waiting.delete(command.commandId);
    }
  }
}

function isStored(result: AgentResult, request: { certificate: string; authorityCertificate: string }): boolean {
  const sha256 = (base64: string): string =>
    createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64");
  return (
    result.kind === "certificatesStored" &&
    result.certificateHash === sha256(request.certificate) &&
    result.authorityCertificateHash === sha256(request.authorityCertificate)
  );
}

function commandOf(
  work: CardWork,
  { commandId, commandNumber }: { commandId: string; commandNumber: number },
  request: CardOperationRequest,
  now: Date,
): AgentCommand {
  const expiresAt = new Date(now.getTime() + commandMinutes * 60_000).toISOString();
  const { caseId, attempt, counter: terminal, cardNumber } = work;
  const claims = { commandId, terminal, caseId, attempt, commandNumber, expiresAt, cardNumber };
  switch (request.operation) {
    case "status":
      return { ...claims, operation: "status", params: {} };
    case "erase":
      return { ...claims, operation: "erase", params: {} };
    case "makeKey": {
      const { algorithm, caseChallenge, sealedPassword } = request;
      return { ...claims, operation: "makeKey", params: { algorithm, caseChallenge, sealedPassword } };
    }
    case "storeCertificates": {
      const { serial, certificate, authorityCertificate } = request;
      return { ...claims, operation: "storeCertificates", params: { serial, certificate, authorityCertificate } };
    }
  }
}
