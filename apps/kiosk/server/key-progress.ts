import type { AgentCommand, AgentStep } from "@mitome/card";
import type { KeyStep } from "@mitome/ra";

// What the agent does, as the resident is told it.
const keyStepOf: Partial<Record<AgentStep | "keyMade", KeyStep>> = {
  authenticate: "generate",
  generateKey: "generate",
  setPassword: "setPassword",
  verifyPassword: "proof",
  proofOfPossession: "proof",
  keyMade: "send",
};

/** How far each counter's card has come with the resident's key (6-1-2); known only while the server runs. */
export class KeyProgress {
  readonly #told = new Map<string, { readonly caseId: string; readonly attempt: number; readonly step: KeyStep }>();

  told({ operation, terminal, caseId, attempt }: AgentCommand, agentStep: AgentStep | "keyMade"): void {
    const step = keyStepOf[agentStep];
    if (operation === "makeKey" && step !== undefined) this.#told.set(terminal, { caseId, attempt, step });
  }

  /** The first step of the attempt's key that is not known to be done. */
  stepOf({ caseId, attempt, counter }: { caseId: string; attempt: number; counter: string }): KeyStep {
    const told = this.#told.get(counter);
    return told?.caseId === caseId && told.attempt === attempt ? told.step : "generate";
  }
}
