/** The one configuration file of the responder: its ledger, and how it answers; unknown keys are refused. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const path = z.string().min(1);
const place = { host: z.string().min(1), port: z.int().min(0).max(65535), shared: z.boolean().default(false) };

/** Where requests come in. `shared`: several processes listen on the same port (SO_REUSEPORT). */
const listener = z.discriminatedUnion("kind", [
  /** Verifiers by their client certificates, or by signed requests. PEM. */
  z.strictObject({ kind: z.literal("https"), ...place, certificate: path, key: path }),
  /** Signed requests alone. */
  z.strictObject({ kind: z.literal("http"), ...place }),
  /** A proxy ends TLS and says in `Mitome-Client-Certificate` whose certificate the connection has; nobody else reaches it. */
  z.strictObject({ kind: z.literal("behindProxy"), socket: path.max(100) }),
]);
/** One of the places. */
export type ListenerConfiguration = z.infer<typeof listener>;

const schema = z.strictObject({
  listeners: z.array(listener).min(1),
  /** For each generation that is answered for: its certificate, the one it delegated, and that one's key (PEM). */
  generations: z
    .array(
      z.strictObject({
        ...{ authority: z.string().min(1).max(32), generation: z.int().min(1) },
        ...{ issuerCertificate: path, responderCertificate: path, responderKey: path },
      }),
    )
    .min(1),
  /** Seconds from an answer's thisUpdate to its nextUpdate. */
  answerLife: z.int().min(1).max(300).default(300),
  /** Answers that are kept to be given again, of some 2 kB each. */
  preparedAnswers: z.int().min(1).max(1_000_000).default(20_000),
  /** Milliseconds after which the ledger or a key that does not answer counts as lost. */
  patience: z.int().min(1).max(10_000).default(2_000),
  /** A directory of this process alone, for access records on their way. */
  spool: path,
  /** Access records that may wait there. */
  mostWaitingRecords: z.int().min(1).default(1_000_000),
});
/** How it answers. */
export type ResponderConfiguration = z.infer<typeof schema>;

const repository = z.strictObject({
  /** Whose pages and lists; its lists of subscriber certificates are beside OCSP, for verifiers. */
  authority: z.string().min(1).max(32),
  /** Where the public pages and everything that anyone may have are served. */
  listeners: z.array(listener).min(1),
  /** The site's address as people know it, without a slash at the end. */
  origin: z.url({ protocol: /^https?$/ }).regex(/[^/]$/),
  /** Where machines reach the services, as the pages say it. */
  addresses: z.strictObject({ http: path, ldap: path, ocsp: path }),
  /** The authority's practice statement and what else it publishes in words, JSON; read again when they change. */
  texts: z.strictObject({ statement: path, publication: path }),
  /** The directory in which slapd writes down what verifiers were given, and where the meter's password is. */
  meter: z.strictObject({ url: path, passwordFile: path, trustFile: path.optional() }).optional(),
  /** Looks at all that is published as somebody outside would; one process of those that share a port is enough. */
  prober: z
    .strictObject({
      /** Seconds between two looks. */
      every: z.int().min(1).max(3_600).default(60),
      /** Keeps the availability of 30 days. */
      record: path,
      /** PEM of whom to trust for https and ldaps, beside the machine's own; for ldaps it alone. */
      trustFile: path.optional(),
      /**
       * As whom lists of subscriber certificates are looked at by LDAP; without it they are not. A bind of its own, beside
       * those of the verifiers: what it reads is counted for nobody.
       */
      verifier: z.strictObject({ url: path, bindName: z.string().min(1).max(64), passwordFile: path }).optional(),
    })
    .optional(),
  /** Without a prober: the record of another process's, whose findings the pages of this one show as well. */
  availability: path.optional(),
});
/** What of an authority is public, and where. */
export type RepositoryConfiguration = z.infer<typeof repository>;

const program = z.strictObject({
  ledger: z.strictObject({
    /** URL of ca_responder on the primary. */
    url: z.string().startsWith("postgres://"),
    readers: z.int().min(1).max(32).default(4),
    /** Milliseconds for which a reading stands after the last proof that revocations are heard of. */
    freshFor: z.int().min(500).max(60_000).default(5_000),
  }),
  answering: schema,
  repository: repository.optional(),
});
/** Configuration of the program. */
export type ProgramConfiguration = z.infer<typeof program>;

/** Reads the program's configuration; throws with the wrong fields named. */
export function readConfiguration(file: string): ProgramConfiguration {
  return program.parse(JSON.parse(readFileSync(file, "utf8")));
}
