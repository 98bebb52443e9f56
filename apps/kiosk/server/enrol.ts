import { enrolThisMachine } from "@mitome/ca-api/enrol-this-machine";

// node apps/kiosk/server/enrol.ts <config.json>
// A municipality's server gets its first equipment certificate; the files are those of `authority` in its settings.
await enrolThisMachine("server");
