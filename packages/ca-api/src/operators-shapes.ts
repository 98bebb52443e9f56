/** Shapes on the wire between the operators' desk and the authority: bytes are base64, instants ISO 8601 UTC. */
import {
  accessMethods,
  demandingOffices,
  hindrances,
  verifierClasses,
  verifierRights,
  withdrawalReasons,
} from "@mitome/ca";
import { z } from "zod";

const instant = z.date().transform((date) => date.toISOString());
const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>) =>
  z.enum(Object.keys(table) as [Key, ...Key[]]);

const verifierId = z.string().min(1).max(32);
const right = z.enum(verifierRights);
const text = z.string().min(1).max(500);

const credential = z.discriminatedUnion("kind", [
  z.object({
    ...{ kind: z.literal("clientCertificate"), fingerprint: z.string(), serial: z.string(), live: z.boolean() },
    ...{ notBefore: instant, notAfter: instant, withdrawnAt: instant.nullable() },
  }),
  z.object({
    ...{ kind: z.literal("ldapBind"), bindName: z.string(), live: z.boolean() },
    ...{ notBefore: instant, withdrawnAt: instant.nullable() },
  }),
]);

const effective = { effectiveAt: instant };
const fact = z.discriminatedUnion("kind", [
  z.object({ ...effective, kind: z.enum(["notified", "agreementEnded", "started", "stopped"]) }),
  z.object({ ...effective, kind: z.literal("agreed"), termsVersion: z.string() }),
  z.object({ ...effective, kind: z.enum(["rightGranted", "rightWithdrawn"]), right }),
  z.object({ ...effective, kind: z.literal("quotaSet"), usesPerMonth: z.int().nullable() }),
  z.object({ ...effective, kind: z.enum(["confirmerListed", "confirmerStruck"]), confirmer: z.string() }),
]);

const list = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.array(z.object(shape)).readonly();

/** A verifier as it is now, as the desk gets it. */
export const verifierNow = z.object({
  verifier: z.object({
    ...{ id: verifierId, kind: z.enum(["verifier", "groupVerifier"]), name: z.string(), address: z.string() },
    class: z.enum(verifierClasses.map(({ id }) => id)),
    contacts: z.array(
      z.object({ department: z.string(), person: z.string(), telephone: z.string(), email: z.string() }),
    ),
  }),
  revision: z.int(),
  standing: z.discriminatedUnion("stage", [
    z.object({ stage: z.literal("unnotified") }),
    z.object({ stage: z.literal("notified"), notifiedAt: instant }),
    z.object({
      ...{ stage: z.literal("agreed"), notifiedAt: instant, agreedAt: instant, termsVersion: z.string() },
      ...{ running: z.enum(["notStarted", "started", "stopped"]), usesPerMonth: z.int().nullable() },
    }),
  ]),
  rights: list({ right, granted: z.boolean(), hindrance: keysOf(hindrances).nullable() }),
  uses: list({ month: z.string(), method: keysOf(accessMethods), count: z.int() }).nullable(),
  demands: list({
    ...{ id: z.string(), demandedBy: keysOf(demandingOffices), demandedAt: instant, subject: z.string() },
    ...{ dueAt: instant, answeredAt: instant.nullable() },
    state: z.enum(["open", "overdue", "answered", "answeredLate"]),
  }),
  credentials: z.array(credential).readonly(),
  confirmers: z.array(z.string()).readonly(),
  history: z.array(fact).readonly(),
  facts: z.int(),
});

/** Its type. */
export type VerifierOnWire = z.output<typeof verifierNow>;

/** `verifiers.look` */
export const oneVerifier = z.strictObject({ verifier: verifierId });

/** `verifiers.register`: as the registration form has it; the core names what is wrong in it. */
export const registration = z.record(z.string(), z.unknown());

/** `verifiers.change`: name, address and contacts as the form has them. */
export const registrationChange = z.strictObject({
  verifier: verifierId,
  revision: z.int().min(1),
  change: registration,
});

/** `verifiers.record` */
export const factToRecord = z.strictObject({
  verifier: verifierId,
  /** How many facts there were when the operator decided. */
  after: z.int().min(0),
  fact: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.enum(["notified", "agreementEnded", "started", "stopped"]) }),
    z.strictObject({ kind: z.literal("agreed"), termsVersion: text }),
    z.strictObject({ kind: z.enum(["rightGranted", "rightWithdrawn"]), right }),
    z.strictObject({ kind: z.literal("quotaSet"), usesPerMonth: z.int().min(0).nullable() }),
    z.strictObject({ kind: z.enum(["confirmerListed", "confirmerStruck"]), confirmer: text }),
  ]),
});

/** `verifiers.certify` */
export const certification = z.strictObject({
  verifier: verifierId,
  /** The PKCS #10 request, DER. */
  request: z
    .base64()
    .max(16_384)
    .transform((base64): Uint8Array => Buffer.from(base64, "base64")),
});

/** `verifiers.withdraw`: a certificate by its fingerprint, or a name to bind with. */
export const withdrawal = z.strictObject({
  ...{ verifier: verifierId, credential: z.string().min(1).max(64), reason: z.enum(withdrawalReasons) },
});

/** `verifiers.demandReport`: due at the end of that day in Japan. */
export const demand = z.strictObject({
  ...{ id: z.uuid(), verifier: verifierId, demandedBy: keysOf(demandingOffices), subject: text },
  dueOn: z.iso.date().transform((day) => new Date(`${day}T23:59:59+09:00`)),
});

/** `verifiers.recordReport` */
export const answeredDemand = z.strictObject({ demand: z.uuid() });

/** `verifiers.certificate` */
export const certificateQuestion = z.strictObject({
  ...{ verifier: verifierId, fingerprint: z.string().regex(/^[0-9a-f]{64}$/) },
});
