export * from "./caller.ts";
export * from "./certification-authority.ts";
export * from "./issuance-case.ts";
export * from "./issuance-refusal.ts";
export * from "./ports.ts";
export * from "./recorded-intent.ts";
