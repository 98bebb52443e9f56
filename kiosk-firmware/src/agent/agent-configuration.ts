import { z } from "zod";

/** Configuration of the device agent, one JSON file. Paths are absolute. */
export const agentConfiguration = z.strictObject({
  /** `wss://<host>:<port>/agent` of the municipality's gateway. */
  gatewayUrl: z.url({ protocol: /^wss$/ }),
  /** PEM files: the root that the gateway's certificate chains to, the terminal's certificate and key. */
  tls: z.strictObject({ ca: z.string(), cert: z.string(), key: z.string() }),
  /** PEM file of the pinned root of equipment certificates, under which commands are signed. */
  equipmentRoot: z.string(),
  /** Place name of this terminal, as in its certificate. */
  terminal: z.string().min(1).max(64),
  authority: z.string().min(1),
  /** Only readers whose names start so are used. */
  readerPrefix: z.string().default(""),
  /** File of the journal. */
  journal: z.string(),
  /** Socket of a pcscd that is not the system's. */
  pcscSocket: z.string().optional(),
  /** For kill tests: `agent.<operation>.<step>.before|after` at which the process kills itself. */
  crashAt: z.string().optional(),
});
