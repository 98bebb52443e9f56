/** The one configuration file of the operators' desk; unknown keys are refused. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const path = z.string().min(1);

const configuration = z.strictObject({
  // Operators do not log in yet: the desk is one machine's, and nobody reaches it from another.
  listen: z.strictObject({ host: z.enum(["127.0.0.1", "::1"]), port: z.int().min(0).max(65535) }),
  /** Who sits at the desk, as the audit trail will name him. */
  operator: z.string().min(1).max(48),
  authority: z.strictObject({
    /** The operators' listener of `apps/ca`, `https://host:port`. */
    url: z.url({ protocol: /^https$/ }),
    /** PEM: the equipment root, this desk's certificate of kind `operator-desk`, and its key. */
    root: path,
    certificate: path,
    key: path,
  }),
});
/** Configuration of the desk. */
export type DeskConfiguration = z.infer<typeof configuration>;

/** Reads the configuration; throws with the wrong fields named. */
export function readDeskConfiguration(file: string): DeskConfiguration {
  return configuration.parse(JSON.parse(readFileSync(file, "utf8")));
}
