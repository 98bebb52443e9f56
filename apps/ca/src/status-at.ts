/**
 * What a certificate's status was at a time, with the signed list that shows it:
 * `status-at.ts <config.json> <serial> <RFC 3339>`. The list that was the newest then is written into the current
 * directory, as `<authority>-<generation>-<partition>-<number>.crl`, and where it did not show a revocation yet that the
 * OCSP responder told, the first one that did.
 */
import { writeFileSync } from "node:fs";
import { parseAuthorityDefinition, statusAt, suiteOf } from "@mitome/ca";
import { PostgresPublishedLists, type PublishedList, readCertificateLife, readDefinition } from "@mitome/db/ca";
import { parseCertificateList, parseSerialNumber, type SerialNumber } from "@mitome/x509";
import { z } from "zod";
import { CannotDo, runScript } from "./operator-script.ts";
import { systemClock } from "./system-clock.ts";

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

await runScript("status-at", ["<serial>", "<RFC 3339>"], async ({ configuration, ledger }, text = "", when = "") => {
  const { authority } = configuration;
  const serial = parseSerialNumber(text.toLowerCase());
  if (serial === undefined) throw new CannotDo(`no serial number in hexadecimal: ${text}`);
  const { data: time } = instant.safeParse(when);
  if (time === undefined || time > systemClock.now()) throw new CannotDo(`no time that has come: ${when}`);
  const life = await readCertificateLife(ledger.reader, authority, serial);
  if (life === undefined) throw new CannotDo(`no certificate ${serial}`);
  const parsed = parseAuthorityDefinition(await readDefinition(ledger.reader, authority));
  if (parsed.kind === "refused") throw new CannotDo(`no authority ${authority} in the ledger`);
  const lists = new PostgresPublishedLists(ledger.reader, authority, suiteOf(parsed.definition).signatureAlgorithm);
  const newest = await lists.asOf(life.generation, life.partition, time);
  const list = newest && (await writtenList(lists, authority, newest, serial));
  const said = statusAt(life, time);
  const answer = { serial, at: time, ...said, list: list ?? null };
  if (said.status !== "revoked" || list?.shows) return answer;
  return {
    ...answer,
    why: "OCSP said revoked from the instant of its acceptance on; a list shows it from its next issue on",
    shownFirstBy: (await firstShowing(lists, authority, newest ?? { ...life, number: 0 }, serial)) ?? null,
  };
});

type Lists = PostgresPublishedLists;

/** The first list after this one on which the certificate stands, written. */
async function firstShowing(
  lists: Lists,
  authority: string,
  { generation, partition, number }: Pick<PublishedList, "generation" | "partition" | "number">,
  serial: SerialNumber,
) {
  for (let list = await lists.after(generation, partition, number); list !== undefined; ) {
    if (isOn(await lists.octets(list), serial)) return await writtenList(lists, authority, list, serial);
    list = await lists.after(generation, partition, list.number);
  }
  return undefined;
}

async function writtenList(lists: Lists, authority: string, list: PublishedList, serial: SerialNumber) {
  const { generation, partition, number, thisUpdate, nextUpdate } = list;
  const octets = await lists.octets(list);
  const file = `${authority}-${generation}-${partition}-${number}.crl`;
  writeFileSync(file, octets);
  return { file, number, thisUpdate, nextUpdate, shows: isOn(octets, serial) };
}

function isOn(octets: Uint8Array, serial: SerialNumber): boolean {
  for (const { serialNumber } of parseCertificateList(octets).revokedCertificates) {
    if (serialNumber === serial) return true;
  }
  return false;
}
