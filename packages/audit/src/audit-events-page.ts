/** `docs/audit-events.md`, made from the vocabulary. */
import { type AuditLog, auditKinds } from "./vocabulary.ts";

const logs: Readonly<Record<AuditLog, string>> = {
  issuance: "Issuance (発行手続に関する操作・稼動ログ)",
  revocation: "Revocation (失効手続に関する操作・稼動ログ)",
  status: "Status (有効性確認に関するアクセス・稼動ログ)",
  keys: "The authority's keys (千葉県知事の鍵ペアに関する操作ログ)",
  access: "Access to systems and ledgers (システム、各種帳簿等に対するアクセスログ)",
  operation: "Operation of the system",
};

const opening = `# Audited events

Made from \`packages/audit/src/vocabulary.ts\` by \`packages/audit/scripts/write-audit-events.ts\`; a test holds it to that.

Every event says its kind, the instant (UTC, milliseconds), the result (\`done\`, \`refused\`, \`failed\`) and its origin: the
system, and the operator's id or the calling machine (千葉県運用規程 4-11-2). It commits with the act, or the act does not
happen. No event has room for a name, an address, a birth date or a resident code.

A stream is the writing of one database connection of one process run; its first event is \`process.started\` (4-11-9). Each
event's hash is SHA-256 over \`mitome-audit-v1\`, the hash before it and its own canonical JSON. The heads of all streams of
a run are signed together every minute and when it stops, and every answer to a municipality carries the head that its
act produced. \`./mitome audit verify\` walks all streams and names the first bad record.
`;

/** The page as Markdown. */
export function auditEventsPage(): string {
  const sections = Object.entries(logs).flatMap(([log, title]) => {
    const kinds = Object.entries(auditKinds).filter(([, kind]) => kind.log === log);
    if (kinds.length === 0) return [];
    const rows = kinds.map(([name, { says, details }]) => `| \`${name}\` | ${says} | ${details.join(", ")} |`);
    return [`## ${title}\n\n| kind | what happened | details |\n|---|---|---|\n${rows.join("\n")}\n`];
  });
  return [opening, ...sections].join("\n");
}
