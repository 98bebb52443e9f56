/** Writes `docs/audit-events.md`. */
import { writeFileSync } from "node:fs";
import { auditEventsPage } from "../src/audit-events-page.ts";

writeFileSync(new URL("../../../docs/audit-events.md", import.meta.url), auditEventsPage());
