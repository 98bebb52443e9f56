import { readFileSync } from "node:fs";
import { z } from "zod";

const path = z.string().min(1);

/** A running authority as the benchmarks need it; the launcher writes it when the programs are up. */
const stackSchema = z.strictObject({
  authority: z.string().min(1),
  /** `https://localhost:…`, the listener for municipalities. */
  authorityUrl: z.url(),
  /** PEM file of the equipment root. */
  equipmentRoot: path,
  /** The municipalities' servers, each with its PEM files. */
  servers: z.array(z.strictObject({ municipality: z.string(), certificate: path, key: path })).min(1),
  /** Our Node programs on the path of a certificate. */
  processes: z.array(z.strictObject({ name: z.string(), pid: z.int() })),
  postgres: z.strictObject({ pid: z.int(), ownerUrl: z.string().startsWith("postgres://") }),
  /** Of the card master key, base64 of 32 bytes each: the cards of the load are computed, not put into readers. */
  cardKeyComponents: z.tuple([z.base64(), z.base64()]),
  /** The token that signs, and the label of the authority's key in it. */
  token: z.strictObject({
    module: path,
    softhsmConf: path.optional(),
    label: z.string(),
    pin: z.string(),
    key: z.string(),
  }),
});

export type Stack = z.output<typeof stackSchema>;

/** Reads the description of a running stack; unknown fields are refused. */
export function readStack(file: string): Stack {
  return stackSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
