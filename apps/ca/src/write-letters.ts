/**
 * Prints the letters to holders whose certificate was revoked for a wrong record or a double issue (千葉県運用規程 4-2-3,
 * 4-4-1), each a PDF named by the certificate: `write-letters.ts <config.json> <folder> <contact,contact>`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { governorTitle, municipalityOf, noticeLetter } from "@mitome/ca";
import { PostgresRegisterNotices } from "@mitome/db/ca";
import { noticeLetterPaper } from "../documents/notice-letter-paper.ts";
import { practiceMark } from "../documents/practice-mark.ts";
import { loadDefinition } from "./load-authority.ts";
import { runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";
import { withPrinter } from "./with-printer.ts";

await runScript("write-letters", ["<folder>", "<contact,contact>"], async (desk, folder = "", contact = "") => {
  const definition = await loadDefinition(desk.ledger.reader, desk.configuration.authority);
  const notices = new PostgresRegisterNotices(desk.ledger);
  const waiting = await notices.waitingLetters(definition.id);
  const written: string[] = [];
  if (waiting.length === 0) return { written };
  await withPrinter(desk.configuration, async (printer) => {
    for (const { items, municipality, ...revoked } of waiting) {
      const { serial, cause } = revoked;
      const subject = {
        ...revoked,
        // As they were certified: whoever sends the letter holds name and address against the register.
        person: { name: items.name, address: items.address },
        counter: municipalityOf(definition, municipality)?.name ?? municipality,
        // 4-4-1-2: the governor revokes, also while a 指定認証機関 does the work.
        sender: governorTitle(definition),
        contact: contact.split(","),
      };
      const page = noticeLetterPaper(noticeLetter(subject, systemClock.now()), practiceMark(definition));
      writeFileSync(join(folder, `${serial}.pdf`), await printer.print(page));
      await notices.recordLetter(desk.acting, definition.id, serial, {
        ...{ kind: "letter.written", result: "done" },
        detail: { serial, cause },
      });
      written.push(serial);
    }
  });
  return { written };
});
