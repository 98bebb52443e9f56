import { readFileSync } from "node:fs";
import { z } from "zod";

/** Places in the signing sequence at which a test can end the process: each is a named row of the kill tests. */
export const crashPoints = ["signer.beforeSign", "signer.afterSign", "signer.afterJournal"] as const;
export type CrashPoint = (typeof crashPoints)[number];

const path = z.string().min(1);

const common = {
  /** PKCS#11 module: SoftHSM stands in for the HSM; pkcs11-spy.so may stand before it. */
  module: path,
  softhsmConf: path.optional(),
  tokenLabel: z.string().min(1).max(32),
  /** Only for an unattended instance: a file that this user alone can read. */
  pinFile: path.optional(),
  unattended: z.boolean(),
  socket: path.max(100),
  operatorSocket: path.max(100),
  journal: path,
  crashAt: z.enum(crashPoints).optional(),
};

const signerConfiguration = z
  .discriminatedUnion("instance", [
    z.strictObject({
      ...common,
      instance: z.literal("authority"),
      /** `postgres://` URL of the signer's own role, which can only read. */
      database: z.string().startsWith("postgres://"),
      /** The authority definition (JSON) that this signer holds to, whatever the ledger says. */
      authorityDefinition: path,
    }),
    z.strictObject({ ...common, instance: z.literal("cards") }),
  ])
  .refine((configuration) => configuration.unattended === (configuration.pinFile !== undefined), {
    message: "an unattended instance has a pinFile, an attended one is given its PIN by an operator",
  });

export type SignerConfiguration = z.infer<typeof signerConfiguration>;

/** Reads the one configuration file; unknown keys are refused. */
export function readSignerConfiguration(file: string): SignerConfiguration {
  return signerConfiguration.parse(JSON.parse(readFileSync(file, "utf8")));
}
