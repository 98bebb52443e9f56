/**
 * Who asked about one person: two people have it disclosed, by the serial number of a certificate of his and the number of
 * the application that it answers: `disclose-access.ts <config.json> <serial> <reference> <first> <second>`. That they did
 * is in the audit trail before anything is read.
 */
import { randomUUID } from "node:crypto";
import { twoPeople } from "@mitome/ca";
import { PostgresVerifierLedger, recordDisclosure } from "@mitome/db/ca";
import { readDisclosedAnswers } from "@mitome/db/status";
import { CannotDo, runScript } from "./operator-script.ts";

await runScript(
  "disclose-access",
  ["<serial>", "<reference>", "<first>", "<second>"],
  async ({ configuration, ledger, acting }, serial = "", reference = "", first = "", second = "") => {
    const { accessDatabase, authority } = configuration;
    if (accessDatabase === undefined) throw new CannotDo("the configuration has no accessDatabase");
    const by = twoPeople(first, second);
    if (by === undefined) throw new CannotDo("two people disclose");
    if (!/^[A-Za-z0-9-]{1,64}$/.test(reference)) throw new CannotDo("a reference is letters, digits and hyphens");
    const id = randomUUID();
    const detail = { disclosure: id, serial, reference, first: by[0], second: by[1] };
    const event = { kind: "accessRecords.disclosed", result: "done", detail } as const;
    const disclosure = { id, authority, serial, reference, by };
    if (!(await recordDisclosure(ledger, acting, disclosure, event)))
      throw new CannotDo(`nobody has a certificate ${serial}`);
    const names = await new PostgresVerifierLedger(ledger).names();
    const answers = await readDisclosedAnswers(accessDatabase, id);
    return {
      disclosure: id,
      answers: answers.map((one) => ({ ...one, verifierName: names.get(one.verifier) ?? null })),
    };
  },
);
