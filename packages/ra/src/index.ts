export * from "./case-context.ts";
export type { CaseEvent, CaseEventType } from "./case-event.ts";
export { waysOutOf } from "./case-guards.ts";
export { caseMachine, caseMachineVersion } from "./case-machine.ts";
export { compareWithRegister, expectedApplication, readDateOfBirth, readItem } from "./comparison.ts";
export { type CounterNow, clerkScreen, custodyOf, residentScreen } from "./counter-screens.ts";
export {
  type ApplicationDocument,
  type CertificateCopyDocument,
  type DocumentModel,
  documentOf,
  type ReceiptDocument,
} from "./documents.ts";
export { type Effect, effectKey, effectOf } from "./effects.ts";
export { refusalOfResident } from "./eligibility.ts";
export * from "./explanations.ts";
export {
  type IdentityDocumentKind,
  type IdentityProblem,
  identityDocumentKinds,
  identityProblem,
} from "./identity-documents.ts";
export { japaneseDay } from "./japanese-day.ts";
export { issueFeeYen, type Notice, notices, terms, termsVersion } from "./notices.ts";
export { personView } from "./person.ts";
export * from "./ports.ts";
export { openCase, type StoredCase, stepCase, UnknownMachineVersion } from "./step-case.ts";
export * from "./views.ts";
