/**
 * The closed vocabulary of audited events (千葉県運用規程 4-11-2). What is not named here cannot be recorded, and no
 * event has room for a name, an address, a birth date or a resident code.
 */

/** A value an event may carry: identifiers, counts and reasons, never personal data. */
export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>;

/** Which of the logs of 4-11-2 an event belongs to. */
export type AuditLog = "issuance" | "revocation" | "status" | "keys" | "access" | "operation";

/** One kind of event: its log, what it says, and the details it must carry. */
export interface AuditKind {
  readonly log: AuditLog;
  readonly says: string;
  readonly details: readonly string[];
}

const kind = (log: AuditLog, says: string, ...details: string[]): AuditKind => ({ log, says, details });

/** Every kind of event. `docs/audit-events.md` is made from this table. */
export const auditKinds = {
  "process.started": kind("operation", "A process began; always the first event of its stream (4-11-9).", "program"),
  "process.stopped": kind("operation", "A process ended in order.", "program"),
  "audit.headsSigned": kind("operation", "The heads of all streams of a process were signed together.", "streams"),
  "clock.untrusted": kind("operation", "The clock was not believed and nothing was signed.", "reason"),
  "clock.confirmed": kind("operation", "Two people confirmed the clock.", "first", "second"),
  "authority.bootstrapped": kind("keys", "An authority's definition and municipalities were entered.", "authority"),
  "authority.intentRecorded": kind(
    "keys",
    "What an authority's key will sign for itself was recorded.",
    "intent",
    "serial",
    "generation",
  ),
  "authority.keyCertified": kind(
    "keys",
    "A key of the authority got its self-signed certificate.",
    "intent",
    "serial",
    "generation",
  ),
  "operational.intentRecorded": kind(
    "keys",
    "What will be signed for an operational certificate was recorded.",
    "intent",
    "serial",
    "generation",
    "kind",
  ),
  "operational.issued": kind(
    "keys",
    "An operational certificate was signed.",
    "intent",
    "serial",
    "generation",
    "kind",
  ),
  "authority.activated": kind("keys", "An activation of a key began.", "authority", "generation"),
  "authority.deactivated": kind("keys", "An activation of a key ended.", "authority", "generation"),
  "holding.read": kind("access", "Whether a resident holds a valid certificate was read.", "subscriber", "holds"),
  "certificate.read": kind("access", "A subscriber certificate was handed out again.", "serial"),
  "card.received": kind("operation", "A card entered a municipality's stock.", "municipality", "card"),
  "card.looked": kind("access", "A card was looked up in the stock.", "card", "found"),
  "case.opened": kind("issuance", "An attempt to issue began.", "case", "attempt", "card"),
  "case.openRefused": kind("issuance", "An attempt to issue was not begun.", "case", "attempt", "card", "reason"),
  "case.ended": kind(
    "issuance",
    "An attempt to issue was given up; an undelivered certificate is revoked with it.",
    "case",
    "attempt",
    "reason",
    "serial",
    "certificate",
  ),
  "card.sessionOpened": kind("issuance", "A card and the authority began a conversation.", "case", "attempt", "card"),
  "card.commandAuthorised": kind(
    "issuance",
    "One write command of a card was authorised.",
    "case",
    "attempt",
    "card",
    "command",
    "counter",
  ),
  "card.commandRefused": kind(
    "issuance",
    "A write command of a card was refused.",
    "case",
    "attempt",
    "card",
    "command",
    "reason",
  ),
  "certificate.revoked": kind(
    "revocation",
    "A certificate was revoked for ever (4-4-2-4).",
    "serial",
    "cause",
    "reason",
    "requester",
    "case",
  ),
  "revocation.released": kind(
    "revocation",
    "Two people had a municipality's revocations go on although the brake stops them.",
    "municipality",
    "until",
    "because",
    "first",
    "second",
  ),
  "revocation.refused": kind("revocation", "A certificate was not revoked.", "serial", "reason"),
  "registerChange.recorded": kind(
    "revocation",
    "A reported change of a resident's record was decided.",
    "municipality",
    "feed",
    "sequence",
    "subscriber",
    "version",
    "outcome",
    "why",
  ),
  "registerChange.decidedAgain": kind(
    "revocation",
    "A change that was set aside was decided again, by two approvers where they are named.",
    "municipality",
    "feed",
    "sequence",
    "subscriber",
    "version",
    "outcome",
    "why",
    "first",
    "second",
  ),
  "registerChange.declined": kind(
    "revocation",
    "Two people did not let a change go through that the brake stopped: it is closed, or on the work list.",
    "work",
    "municipality",
    "feed",
    "sequence",
    "outcome",
    "because",
    "first",
    "second",
  ),
  "registerChange.malformed": kind(
    "revocation",
    "A line of a register's feed could not be read.",
    "municipality",
    "file",
    "line",
    "field",
  ),
  "registerWork.left": kind(
    "revocation",
    "A person found that nothing follows from a change set aside.",
    "work",
    "why",
  ),
  "designatedBody.notified": kind(
    "revocation",
    "A 指定認証機関 was told what was revoked after the register (2-1-2(25)).",
    "body",
    "notifications",
  ),
  "letter.written": kind("revocation", "A letter about a revocation was written to its holder.", "serial", "cause"),
  "registerFile.refused": kind("revocation", "A file of register changes was not taken.", "municipality", "reason"),
  "list.recorded": kind(
    "status",
    "What a list of revoked certificates will say was recorded.",
    "list",
    "generation",
    "partition",
    "number",
    "entries",
    "tbs",
  ),
  "list.issued": kind(
    "status",
    "A list of revoked certificates was signed.",
    "list",
    "partition",
    "number",
    "signature",
  ),
  "list.discarded": kind("status", "A list that will never be signed was put aside.", "list", "reason"),
  "verifier.registered": kind(
    "access",
    "A 署名検証者 or 団体署名検証者 was entered in the registry.",
    "verifier",
    "kind",
  ),
  "verifier.registrationChanged": kind(
    "access",
    "A verifier notified a change: which of name, address and contacts are others now.",
    "verifier",
    "changed",
  ),
  "report.demanded": kind("access", "A verifier was asked for a report on its work.", "demand", "verifier", "by"),
  "report.answered": kind("access", "A verifier's report arrived.", "demand"),
  "provisionReport.published": kind(
    "access",
    "A report on what verifiers were given was put before the public.",
    "report",
    "rows",
  ),
  "accessRecords.disclosed": kind(
    "access",
    "Two people had it disclosed who asked about one person's certificates.",
    "disclosure",
    "serial",
    "reference",
    "first",
    "second",
  ),
  "verifier.factRecorded": kind("access", "Something was recorded of a verifier.", "verifier", "fact", "about"),
  "verifier.credentialGiven": kind(
    "access",
    "A verifier got a client certificate or a name to bind with.",
    "verifier",
    "credential",
  ),
  "verifier.credentialWithdrawn": kind(
    "access",
    "A verifier's client certificate or name to bind with was withdrawn.",
    "verifier",
    "credential",
    "reason",
  ),
  "issuance.refused": kind("issuance", "A request for a certificate was refused.", "case", "attempt", "reason"),
  "issuance.intentRecorded": kind(
    "issuance",
    "What will be signed was recorded.",
    "intent",
    "serial",
    "subscriber",
    "case",
    "attempt",
    "tbs",
  ),
  "issuance.recovered": kind("issuance", "An unfinished issuance was taken up again.", "intent", "serial", "fence"),
  "certificate.issued": kind("issuance", "A signed certificate was recorded.", "intent", "serial", "certificate"),
  "certificate.discarded": kind("issuance", "A recorded intent was given up.", "intent", "serial", "reason"),
  "certificate.signatureDiscarded": kind(
    "issuance",
    "A signature came too late and was put aside.",
    "intent",
    "serial",
    "signature",
  ),
  "certificate.delivered": kind("issuance", "A certificate was read back from its card.", "serial", "case", "attempt"),
  "certificate.deliveryRefused": kind("issuance", "A read-back was not the certificate.", "case", "attempt", "reason"),
  "equipment.ticketMade": kind("access", "An enrolment ticket was made.", "ticket", "kind", "municipality", "place"),
  "equipment.redeemRefused": kind("access", "An enrolment was refused.", "ticket", "reason"),
  "equipment.intentRecorded": kind(
    "access",
    "What will be signed for a machine was recorded.",
    "intent",
    "serial",
    "kind",
    "municipality",
    "place",
  ),
  "equipment.issued": kind("access", "An equipment certificate was issued.", "serial", "kind", "municipality", "place"),
  "equipment.revoked": kind("access", "An equipment certificate was revoked.", "fingerprint", "reason"),
} as const satisfies Record<string, AuditKind>;

/** A kind of the vocabulary. */
export type AuditEventKind = keyof typeof auditKinds;

/** What an event of a kind must say. */
export type AuditEvent = {
  [K in AuditEventKind]: {
    readonly kind: K;
    readonly result: AuditResult;
    readonly detail: Readonly<Record<(typeof auditKinds)[K]["details"][number], string | number | boolean | null>>;
  };
}[AuditEventKind];

/** 処理の結果. */
export type AuditResult = "done" | "refused" | "failed";

/** Where an event came from (操作員 ID、システム名等): a person through a system, or a system alone. */
export interface AuditOrigin {
  /** The program that recorded it, e.g. `ca`. */
  readonly system: string;
  /** A person's id, e.g. `121002/clerk-7`, or the calling machine's certificate when no person stands behind it. */
  readonly operator: string | null;
}

/** What a process hands to its audit lane; the lane adds stream, sequence and instant. */
export interface AuditEntry {
  readonly origin: AuditOrigin;
  readonly event: AuditEvent;
}
