/** Schema `ra` as drizzle's types; migrations/ra is the truth, and a test compares the two. */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

const ra = pgSchema("ra");
const octets = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const kind = () => text("kind", { enum: ["clerk", "resident"] }).notNull();

export const clerk = ra.table("clerk", {
  id: uuid("id").primaryKey(),
  account: text("account").notNull(),
  name: text("name").notNull(),
  passwordHash: text("password_hash").notNull(),
  mustChange: boolean("must_change").notNull().default(true),
  failures: integer("failures").notNull().default(0),
  lockedUntil: instant("locked_until"),
  disabled: boolean("disabled").notNull().default(false),
});

export const secondFactor = ra.table("second_factor", {
  clerk: uuid("clerk").primaryKey(),
  secret: octets("secret").notNull(),
  confirmed: boolean("confirmed").notNull().default(false),
  lastStep: bigint("last_step", { mode: "number" }).notNull().default(0),
});

export const screenCode = ra.table("screen_code", {
  codeHash: octets("code_hash").primaryKey(),
  kind: kind(),
  counter: text("counter").notNull(),
  expiresAt: instant("expires_at").notNull(),
});

export const screen = ra.table("screen", {
  id: uuid("id").primaryKey(),
  kind: kind(),
  counter: text("counter").notNull(),
  tokenHash: octets("token_hash").notNull(),
  enrolledAt: instant("enrolled_at").notNull(),
  revokedAt: instant("revoked_at"),
});

export const clerkSession = ra.table("clerk_session", {
  id: uuid("id").primaryKey(),
  tokenHash: octets("token_hash").notNull(),
  clerk: uuid("clerk").notNull(),
  screen: uuid("screen").notNull(),
  openedAt: instant("opened_at").notNull(),
  lastSeenAt: instant("last_seen_at").notNull(),
  locked: boolean("locked").notNull().default(false),
  endedAt: instant("ended_at"),
  withCode: boolean("with_code").notNull().default(false),
});

export const counterCase = ra.table("counter_case", {
  caseId: uuid("case_id").primaryKey(),
  municipality: text("municipality").notNull(),
  counter: text("counter").notNull(),
  state: text("state").notNull(),
  context: jsonb("context").notNull(),
  machineVersion: integer("machine_version").notNull(),
  revision: integer("revision").notNull().default(1),
  updatedAt: instant("updated_at").notNull(),
});

/** As the index `counter_case_attached` has it, word for word: only so does PostgreSQL see that it is meant. */
export const isAttached = sql`state not in ('suspended', 'closed')`;

export const act = ra.table("act", {
  number: bigint("number", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  at: instant("at").notNull(),
  counter: text("counter").notNull(),
  clerk: uuid("clerk"),
  caseId: uuid("case_id"),
  kind: text("kind").notNull(),
  state: text("state"),
});

export const effect = ra.table(
  "effect",
  {
    caseId: uuid("case_id").notNull(),
    key: text("key").notNull(),
    tries: integer("tries").notNull().default(1),
    begunAt: instant("begun_at").notNull(),
    doneAt: instant("done_at"),
    outcome: text("outcome"),
  },
  ({ caseId, key }) => [primaryKey({ columns: [caseId, key] })],
);

export const delivery = ra.table("delivery", {
  number: bigint("number", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  caseId: uuid("case_id").notNull(),
  serial: text("serial").notNull(),
  deliveredAt: instant("delivered_at").notNull(),
  clerk: uuid("clerk").notNull(),
  feeYen: integer("fee_yen").notNull(),
});

export const signedRequest = ra.table(
  "signed_request",
  {
    caseId: uuid("case_id").notNull(),
    attempt: integer("attempt").notNull(),
    payload: octets("payload").notNull(),
    signature: octets("signature").notNull(),
  },
  ({ caseId, attempt }) => [primaryKey({ columns: [caseId, attempt] })],
);

export const auditWitness = ra.table(
  "audit_witness",
  {
    stream: text("stream").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    hash: text("hash").notNull(),
    seenAt: instant("seen_at").notNull(),
  },
  ({ stream, seq, hash }) => [primaryKey({ columns: [stream, seq, hash] })],
);

export const terminal = ra.table("terminal", {
  terminal: text("terminal").primaryKey(),
  lastCommandNumber: integer("last_command_number").notNull().default(0),
});

export const agentCommand = ra.table("agent_command", {
  commandId: uuid("command_id").primaryKey(),
  terminal: text("terminal").notNull(),
  commandNumber: integer("command_number").notNull(),
  caseId: uuid("case_id").notNull(),
  effectKey: text("effect_key").notNull(),
  operation: text("operation").notNull(),
  issuedAt: instant("issued_at").notNull(),
  result: jsonb("result"),
  endedAt: instant("ended_at"),
});
