import { transition } from "xstate";
import type { CaseContext, CaseState } from "./case-context.ts";
import { caseStates } from "./case-context.ts";
import type { CaseEvent } from "./case-event.ts";
import { caseMachine, caseMachineVersion } from "./case-machine.ts";

/** A case as it is stored after every step. */
export interface StoredCase {
  readonly value: CaseState;
  readonly context: CaseContext;
  readonly machineVersion: number;
}

/** Stored by another version of the machine: the case cannot be read and nothing may be guessed. */
export class UnknownMachineVersion extends Error {
  readonly machineVersion: number;
  constructor(machineVersion: number) {
    super(`the case was stored by machine version ${machineVersion}, this is ${caseMachineVersion}`);
    this.name = "UnknownMachineVersion";
    this.machineVersion = machineVersion;
  }
}

/** Opens a case of 新規発行 at a counter. `caseId` is a UUID, `at` an instant in ISO 8601. */
export function openCase(opening: {
  caseId: string;
  municipality: string;
  counter: string;
  clerk: string;
  at: string;
}): StoredCase {
  const { caseId, municipality, counter, clerk, at } = opening;
  const context: CaseContext = {
    caseId,
    municipality,
    counter,
    clerk,
    openedAt: at,
    cardNumber: null,
    cardProblem: null,
    resident: null,
    application: null,
    confirmed: [],
    disputed: false,
    proof: null,
    applicationReceivedAt: null,
    holder: "clerk",
    language: "ja",
    textSize: "normal",
    terms: null,
    attempt: 1,
    attemptOpen: false,
    caseChallenge: null,
    keyFailure: null,
    key: null,
    cardGiven: false,
    certificate: null,
    readBackHash: null,
    deliveriesRefused: 0,
    acknowledged: {},
    feeReceivedAt: null,
    copyGivenAt: null,
    held: null,
    refusal: null,
    doubt: null,
    outcome: null,
    endedAt: null,
    suspendedFrom: null,
    afterAttempt: "openingAttempt",
  };
  return { value: "awaitingCard", context, machineVersion: caseMachineVersion };
}

/**
 * Takes one step: the case after the event, or null when the event does not fit the present state (nothing changes).
 * Throws {@link UnknownMachineVersion}.
 */
export function stepCase(stored: StoredCase, event: CaseEvent): StoredCase | null {
  if (stored.machineVersion !== caseMachineVersion) throw new UnknownMachineVersion(stored.machineVersion);
  const before = caseMachine.resolveState({ value: stored.value, context: stored.context });
  if (!before.can(event)) return null;
  const [after] = transition(caseMachine, before, event);
  const value = caseStates.find((state) => state === after.value);
  if (value === undefined) throw new Error("the machine reached a state outside its vocabulary");
  return { value, context: after.context, machineVersion: caseMachineVersion };
}
