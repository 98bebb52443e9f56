import { enrolThisMachine } from "@mitome/ca-api/enrol-this-machine";

// node apps/admin/src/enrol.ts <config.json>
// An operators' desk gets its equipment certificate; the files are those of its own configuration.
await enrolThisMachine("operator-desk");
