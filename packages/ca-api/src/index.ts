export type { CallContext, EnrolmentContext } from "./call-context.ts";
export { type OperatorsContext, type OperatorsRouter, operatorsRouter } from "./operators-router.ts";
export type { VerifierOnWire } from "./operators-shapes.ts";
export { type CaRouter, caRouter, type EnrolmentRouter, enrolmentRouter } from "./router.ts";
export { deepestBody, largestBodyOf } from "./shapes.ts";
