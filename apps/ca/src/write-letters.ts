/**
 * Writes the letters to holders whose certificate was revoked for a wrong record or a double issue (千葉県運用規程 4-2-3,
 * 4-4-1), each as text to be printed: `write-letters.ts <config.json> <folder> <contact,contact>`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NoticeLetter, noticeLetter } from "@mitome/ca";
import { PostgresRegisterNotices } from "@mitome/db/ca";
import { loadAuthority } from "./load-authority.ts";
import { runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

await runScript("write-letters", ["<folder>", "<contact,contact>"], async (desk, folder = "", contact = "") => {
  const { definition } = await loadAuthority(desk.ledger.reader, desk.configuration.authority);
  const notices = new PostgresRegisterNotices(desk.ledger);
  const written: string[] = [];
  for (const { items, municipality, ...revoked } of await notices.waitingLetters(definition.id)) {
    const { serial, cause } = revoked;
    const letter = noticeLetter(
      {
        ...revoked,
        // The register's items are the municipality's; whoever sends the letter holds the address against them.
        person: { name: items.name, address: items.address },
        counter: definition.municipalities.find(({ code }) => code === municipality)?.name ?? municipality,
        sender: definition.issuer.at(-1)?.value ?? definition.id,
        contact: contact.split(","),
      },
      systemClock.now(),
    );
    writeFileSync(join(folder, `${serial}.txt`), textOf(letter));
    await notices.recordLetter(desk.acting, definition.id, serial, {
      ...{ kind: "letter.written", result: "done" },
      detail: { serial, cause },
    });
    written.push(serial);
  }
  return { written };
});

function textOf({ title, date, addressee, sender, paragraphs, facts, contact }: NoticeLetter): string {
  const lines = [
    ...[date, "", addressee.address, addressee.name, "", sender, "", title, ""],
    ...[...paragraphs, "", ...facts.map(({ label, value }) => `${label}　${value}`), "", ...contact],
  ];
  return `${lines.join("\n")}\n`;
}
