/** The one configuration file of each program of the authority; unknown keys are refused. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const path = z.string().min(1);
const socket = path.max(100);
const database = z.string().startsWith("postgres://");
const listener = z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65535) });

const crashPoint = z
  .string()
  .regex(
    /^(?:ledger|equipment|revocations|registerChanges|lists|signingKey|listSigningKey|cardKeys)\.[A-Za-z]+:(?:before|after)$/,
  );

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** 千葉県運用規程 2-1-2(24): every 指定認証機関 there is or was; none while the governor does the work himself. */
const designatedBodies = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      address: z.string().min(1),
      representative: z.string().min(1),
      from: instant,
      until: instant.nullable(),
    }),
  )
  .default([]);

const serverConfiguration = z.strictObject({
  authority: z.string().min(1).max(32),
  /** URL of ca_app. */
  database,
  /** Acts at once; each has a connection and an audit stream of its own. */
  lanes: z.int().min(1).max(32).default(2),
  readers: z.int().min(1).max(32).default(2),
  signerSocket: socket,
  cardsSignerSocket: socket,
  /** Where municipalities call, over mutual TLS. */
  listen: listener,
  /** Where machines without a certificate redeem their codes. */
  enrolment: listener,
  /** PEM: this server's certificate followed by the equipment root, and its key. */
  tls: z.strictObject({ certificate: path, key: path }),
  /** Where certificates and lists are published; without it they wait in the ledger. */
  directory: z
    .strictObject({
      url: z.string().regex(/^ldap(?:s|i)?:\/\//),
      /** Holds the publisher's password and nothing else. */
      passwordFile: path,
      /** PEM of whom to trust for ldaps. */
      trustFile: path.optional(),
    })
    .optional(),
  designatedBodies,
  /** For tests: the process ends there, or stops there until it is let go on. */
  crashAt: crashPoint.optional(),
  pausesAt: z.array(crashPoint).optional(),
});
/** Configuration of `main.ts`. */
export type ServerConfiguration = z.infer<typeof serverConfiguration>;

const operatorConfiguration = z.strictObject({
  authority: z.string().min(1).max(32),
  /** URL of ca_owner; for `operators.ts` ca_operator's, for `audit-verify.ts` ca_auditor's is enough. */
  database,
  signerSocket: socket,
  operatorSocket: socket,
  /** JSON of the authority's definition. */
  authorityDefinition: path,
  generation: z.int().min(1),
  designatedBodies,
  /** URL of access_reader, where what verifiers were given is counted. */
  accessDatabase: database.optional(),
  /** JSON of the fees in yen a use, by method and first month (2-1-4(10)). */
  feeTable: path.optional(),
  /** Chromium, which prints letters, reports and statements. */
  chromium: path.optional(),
  /** The directory in which verifiers get names to bind with, and where the registrar's password is. */
  directory: z
    .strictObject({ url: z.string().regex(/^ldap(?:s|i)?:\/\//), passwordFile: path, trustFile: path.optional() })
    .optional(),
  /** Where the server's certificate and key, and the equipment root, are written (PEM). */
  tls: z.strictObject({ certificate: path, key: path, root: path }),
});
const operatorsConfiguration = operatorConfiguration.extend({
  /** Where the operators' desk calls, over mutual TLS. */
  listen: listener,
});
/** Configuration of `operators.ts`, which works as the scripts do. */
export type OperatorsConfiguration = z.infer<typeof operatorsConfiguration>;

/** Configuration of the operators' scripts beside it. */
export type OperatorConfiguration = z.infer<typeof operatorConfiguration>;

/** Reads `main.ts`'s configuration; throws with the wrong fields named. */
export function readServerConfiguration(file: string): ServerConfiguration {
  return serverConfiguration.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Reads `operators.ts`'s configuration; throws with the wrong fields named. */
export function readOperatorsConfiguration(file: string): OperatorsConfiguration {
  return operatorsConfiguration.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Reads a script's configuration; throws with the wrong fields named. */
export function readOperatorConfiguration(file: string): OperatorConfiguration {
  return operatorConfiguration.parse(JSON.parse(readFileSync(file, "utf8")));
}
