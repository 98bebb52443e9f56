import { enrolThisMachine } from "@mitome/ca-api/enrol-this-machine";

// node kiosk-firmware/src/enrol.ts <config.json>
// A new terminal gets its first equipment certificate.
await enrolThisMachine("agent");
