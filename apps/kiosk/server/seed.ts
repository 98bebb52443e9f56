/**
 * `node apps/kiosk/server/seed.ts <config.json>`: fills a demonstration's databases: the register of a synthetic
 * prefecture, clerks with first passwords, and codes for the screens. Prints accounts and codes as one line of JSON.
 * Run again, it makes new codes and leaves clerks and a filled register as they are.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, counterEnrolment } from "@mitome/db/ra";
import { isFilled, loadResidents } from "@mitome/db/register";
import type { ResidentRecord } from "@mitome/ra";
// biome-ignore lint/style/noRestrictedImports: a demonstration is peopled by the test kit; the server itself never loads this file.
import { syntheticResidents } from "@mitome/testkit/residents";
import { z } from "zod";
import { hashClerkPassword } from "./clerk-passwords.ts";
import { makeToken } from "./tokens.ts";

const Seed = z.strictObject({
  /** As `ra_owner`. */
  database: z.strictObject({ url: z.string() }),
  /** As `register_owner`. */
  register: z.strictObject({ url: z.string() }),
  residents: z.int().min(0).default(20_000),
  clerks: z.array(z.strictObject({ account: z.string(), name: z.string() })),
  screens: z.array(z.strictObject({ kind: z.enum(["clerk", "resident"]), counter: z.string() })),
});

const hour = 3_600_000;

/** The generator's resident as a register's record: ふりがな in hiragana. */
export function* registerRecords(count: number): Generator<ResidentRecord> {
  for (const { nameKana, aliasKana: _, ...resident } of syntheticResidents({ count })) {
    yield { ...resident, furigana: hiragana(nameKana) };
  }
}

function hiragana(kana: string): string {
  return kana.replaceAll(/[ァ-ヶ]/g, (katakana) => String.fromCodePoint((katakana.codePointAt(0) ?? 0) - 0x60));
}

async function seed(settings: z.infer<typeof Seed>): Promise<unknown> {
  const ra = connect(settings.database.url, 1);
  const register = connect(settings.register.url, 1);
  const enrolment = counterEnrolment(ra);
  try {
    const residents = (await isFilled(register))
      ? 0
      : await loadResidents(register, registerRecords(settings.residents));
    const clerks = [];
    for (const { account, name } of settings.clerks) {
      const password = randomBytes(9).toString("base64url");
      const passwordHash = await hashClerkPassword(password);
      const added = await enrolment.addClerk({ id: randomUUID(), account, name, passwordHash });
      clerks.push({ account, firstPassword: added ? password : null });
    }
    const screens = [];
    for (const { kind, counter } of settings.screens) {
      const { token, hash } = makeToken();
      await enrolment.addScreenCode({ codeHash: hash, kind, counter, expiresAt: new Date(Date.now() + hour) });
      screens.push({ kind, counter, code: token });
    }
    return { residents, clerks, screens };
  } finally {
    await Promise.all([ra.close(), register.close()]);
  }
}

if (process.argv[1] === import.meta.filename) {
  const [file = ""] = process.argv.slice(2);
  const told = await seed(Seed.parse(JSON.parse(readFileSync(file, "utf8"))));
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
