import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { auditEventsPage } from "./audit-events-page.ts";

it("docs/audit-events.md says what the vocabulary says", () => {
  const page = readFileSync(new URL("../../../docs/audit-events.md", import.meta.url), "utf8");
  expect(page).toBe(auditEventsPage());
});
