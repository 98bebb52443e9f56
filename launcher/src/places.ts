import { fileURLToPath } from "node:url";

/** The checkout: every path of the launcher starts here. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Where the demonstration keeps its state; git does not see it. */
export const demoState = `${root}/.mitome/demo`;

/** The report of the last whole test run. */
export const testResultsPath = `${root}/.mitome/test/results.json`;
