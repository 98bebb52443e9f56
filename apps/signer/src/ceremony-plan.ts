import { readFileSync } from "node:fs";
import { z } from "zod";

const path = z.string().min(1);
const custodian = z.strictObject({
  name: z.string().min(1).max(64),
  /** Where this custodian keeps his components; no one else can enter it. */
  directory: path,
});

const common = {
  module: path,
  softhsmConf: path.optional(),
  tokenLabel: z.string().min(1).max(32),
  custodians: z.tuple([custodian, custodian]),
  /** The ceremony's record: who, when, which keys; no secret. */
  record: path,
  /** Only for an unattended instance: where its whole PIN is put. */
  pinFile: path.optional(),
};

const ceremonyPlan = z
  .discriminatedUnion("instance", [
    z.strictObject({
      ...common,
      instance: z.literal("authority"),
      authorityDefinition: path,
      generation: z.int().min(1),
    }),
    z.strictObject({ ...common, instance: z.literal("cards") }),
  ])
  .refine(({ custodians: [one, other] }) => one.name !== other.name && one.directory !== other.directory, {
    message: "two custodians are two people with two places",
  });

/** The reviewed file that is a ceremony's only input. */
export type CeremonyPlan = z.infer<typeof ceremonyPlan>;

/** Reads the plan; unknown keys are refused. */
export function readCeremonyPlan(file: string): CeremonyPlan {
  return ceremonyPlan.parse(JSON.parse(readFileSync(file, "utf8")));
}
