import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listPointOf } from "@mitome/ca";
import { PostgresAccessRecords } from "@mitome/db/status";
import { directoryTarget, hashBindPassword, setVerifierBind, verifierName } from "@mitome/directory";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftAuthority } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { sqlAs } from "@mitome/testkit/sql";
import { formatDn } from "@mitome/x509";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type MeteredDirectory, startMetering, storeListUses } from "./list-use-meter.ts";

const soft = makeSoftAuthority(new Date("2026-11-22T03:00:00Z"));
const { definition } = soft;
const folder = mkdtempSync(join(tmpdir(), "meter-"));
const password = join(folder, "password");
const partition = { generation: 1, partition: "121002" };
const point = listPointOf(definition, partition) ?? [];
let postgres: TestPostgres;
let directory: TestSlapd;
let records: PostgresAccessRecords;
let metered: MeteredDirectory;

beforeAll(async () => {
  [postgres, directory] = await Promise.all([startTestPostgres(), startTestSlapd({ authorities: [definition] })]);
  records = new PostgresAccessRecords(postgres.url("ca_responder"));
  const access = (service: "publisher" | "registrar" | "meter") => directory.slapd.access(definition, service);
  metered = { meter: access("meter"), name: "ldap-1", definition, generations: [1], prober: "prober" };
  const target = directoryTarget("ldap", definition, access("publisher"));
  await target.publish({ kind: "certificateRevocationList", point }, [
    softList({ issuer: definition.issuer, key: soft.key, number: 1, point, onlyContains: "userCerts" }),
  ]);
  writeFileSync(password, "himitsu");
  const hash = await hashBindPassword("himitsu");
  for (const name of ["verifier-court-1", "prober"]) await setVerifierBind(access("registrar"), definition, name, hash);
});

afterAll(async () => {
  await records?.close();
  await Promise.all([postgres?.stop(), directory?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

function fetchList(bindName = "verifier-court-1", times = 1): void {
  const bind = ["-D", formatDn(verifierName(definition, bindName)), "-y", password];
  const asked = [
    "-s",
    "base",
    "-b",
    formatDn(point),
    "-f",
    "-",
    "(objectClass=%s)",
    "certificateRevocationList;binary",
  ];
  const input = "cRLDistributionPoint\n".repeat(times);
  execFileSync("ldapsearch", ["-x", "-LLL", "-H", directory.url, ...bind, ...asked], {
    stdio: ["pipe", "ignore", "pipe"],
    input,
  });
}

it("[C-2-1-4.4] a list that a verifier was given by LDAP counts once, however often the log is read", async () => {
  const from = new Date();
  // What our own prober reads is nobody's use.
  fetchList("prober");
  fetchList();
  fetchList();
  const reader = sqlAs(postgres.url("access_owner"));
  const counted = async () => {
    await storeListUses(metered, records, from);
    const rows = await reader<{ verifier: string; method: string; given: object }>`
      select verifier, method, given from access.access_record order by at`;
    return rows;
  };
  const use = { verifier: "court-1", method: "crlByLdap", given: { partition: "121002", crlNumber: null } };
  await expect.poll(counted).toEqual([use, use]);
  expect(await counted()).toHaveLength(2);
  await reader.end();
});

it("however many uses have gathered, they go to the database a thousand at a time", async () => {
  const from = new Date();
  fetchList("verifier-court-1", 1_100);
  let batches: number[] = [];
  const counting = {
    lineOf: records.lineOf,
    store: async (lines: Uint8Array) => {
      batches.push(Buffer.from(lines).toString().split("\n").length - 1);
    },
  };
  const sent = async () => {
    batches = [];
    await storeListUses(metered, counting, from);
    return batches.reduce((sum, size) => sum + size, 0);
  };
  await expect.poll(sent, { timeout: 10_000 }).toBeGreaterThanOrEqual(1_100);
  expect(Math.max(...batches)).toBeLessThanOrEqual(1_000);
});

it("metering ends soon, even while the directory says nothing", { timeout: 8_000 }, async () => {
  const silent = createServer();
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const meter = { ...metered.meter, url: `ldap://127.0.0.1:${port}` };
  const stop = startMetering({ ...metered, meter }, records);
  await once(silent, "connection");
  await stop();
  silent.close();
});
