export { connect, type Database } from "../database.ts";
export { StoreUnavailable } from "../store-unavailable.ts";
export { type AccessStore, accessStore, type ClerkAccount, type ClerkSession, type ScreenRecord } from "./access.ts";
export { type AgentCommandRecord, type AgentCommandStore, agentCommandStore } from "./agent-commands.ts";
export { type AuthorityRecords, authorityRecords, type SignedRequestRecord } from "./authority-records.ts";
export { type Act, type CaseStore, caseStore } from "./cases.ts";
export { type CounterEnrolment, counterEnrolment } from "./enrolment.ts";
export { type SecondFactorRecord, type SecondFactorStore, secondFactorStore } from "./second-factors.ts";
