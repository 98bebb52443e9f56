export * from "./html.ts";
export * from "./japanese-time.ts";
export * from "./parts.ts";
export * from "./style.ts";
