/** Makes a one-time code for a machine: `enrol.ts <config.json> <kind> <municipality|-> <place>`. */
import { makeTicket } from "./make-ticket.ts";
import { runScript } from "./operator-script.ts";

await runScript(
  "enrol",
  ["<kind>", "<municipality|->", "<place>"],
  async (desk, kind = "", municipality = "", place = "") => {
    const { code, expiresAt } = await makeTicket(desk, { kind, municipality, place });
    return { code, expiresAt };
  },
);
