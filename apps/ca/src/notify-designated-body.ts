/**
 * Writes what a 指定認証機関 is to be told of revocations after the register (千葉県運用規程 2-1-2(25)), one line of JSON each,
 * and records that it was: `notify-designated-body.ts <config.json> <body> <file.ndjson>`. Interrupted before that was
 * recorded, the next run writes the same notifications again: municipality, feed, sequence and recordedAt name each.
 */
import { writeFileSync } from "node:fs";
import { PostgresRegisterNotices } from "@mitome/db/ca";
import { runScript } from "./operator-script.ts";

await runScript("notify-designated-body", ["<body>", "<file.ndjson>"], async (desk, body = "", file = "") => {
  const { authority } = desk.configuration;
  const notices = new PostgresRegisterNotices(desk.ledger);
  const sent = await notices.waitingNotifications(authority, body);
  if (sent.length === 0) return { notifications: 0 };
  const lines = sent.map((notification) => `${JSON.stringify({ to: body, ...notification })}\n`);
  // Never over another file: what it holds may not have been sent.
  writeFileSync(file, lines.join(""), { flag: "wx" });
  const detail = { body, notifications: sent.length };
  await notices.recordNotified(
    desk.acting,
    { authority, body, sent },
    { kind: "designatedBody.notified", result: "done", detail },
  );
  return detail;
});
