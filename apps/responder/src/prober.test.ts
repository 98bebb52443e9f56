/** The prober on a real directory, a real ledger and the site as it runs. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import {
  distributionPointName,
  municipalityOf,
  type RepositoryObject,
  type RepositoryTarget,
  wholeSecond,
} from "@mitome/ca";
import { PostgresPublicRecords } from "@mitome/db/status";
import { directoryTarget, hashBindPassword, setVerifierBind } from "@mitome/directory";
import { enterSoftList } from "@mitome/testkit/published-ledger";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { LedgerView } from "./ledger-view.ts";
import { makeWorld, type World } from "./memory-world.fixture.ts";
import { Prober } from "./prober.ts";
import { listedAt, makeRepositoryWorld, type RepositoryWorld, textFiles } from "./repository-world.fixture.ts";
import { type RunningRepository, startRepository } from "./start-repository.ts";
import type { RunningResponder } from "./start-responder.ts";

const hour = 3_600_000;
const logged: { readonly code: string; readonly [field: string]: unknown }[] = [];
vi.mock("./log.ts", () => ({
  log: (_level: string, code: string, fields: object = {}) => logged.push({ code, ...fields }),
}));

let world: RepositoryWorld;
let directory: TestSlapd;
let target: RepositoryTarget;
let ocsp: World;
let responder: RunningResponder;
let site: RunningRepository;
let ledger: LedgerView;
let prober: Prober;
let ahead = 0;
const now = () => new Date(Date.now() + ahead);

beforeAll(async () => {
  world = await makeRepositoryWorld();
  const { definition } = world.soft;
  directory = await startTestSlapd({ authorities: [definition] });
  target = directoryTarget("ldap", definition, directory.slapd.access(definition, "publisher"));
  const registrar = directory.slapd.access(definition, "registrar");
  await setVerifierBind(registrar, definition, "prober", await hashBindPassword("prober's password"));
  const passwordFile = join(world.directory, "password");
  writeFileSync(passwordFile, "prober's password", { mode: 0o600 });
  ocsp = makeWorld(() => new Date());
  responder = await ocsp.start();
  const url = world.postgres.url("ca_responder");
  const addresses = { http: "http://x/", ldap: directory.url, ocsp: `${responder.listening[0]}/ocsp` };
  const repository = { authority: definition.id, addresses, texts: textFiles };
  const here = { kind: "http", host: "127.0.0.1", port: 0, shared: false } as const;
  site = await startRepository({ ...repository, origin: "http://x", listeners: [here] }, url, {
    ...{ now, recordsSetAside: () => 0 },
  });
  ledger = await LedgerView.open(new PostgresPublicRecords(url, definition.id));
  const verifier = { url: directory.url, bindName: "prober", passwordFile };
  const settings = { every: 3_600, record: join(world.directory, "availability.json"), verifier };
  const configuration = { origin: site.listening[0] ?? "", addresses, prober: settings };
  prober = new Prober({ configuration, ledger, now });
  await publishAll();
});
afterAll(async () => {
  await prober?.close();
  await ledger?.close();
  await site?.stop();
  await responder?.stop();
  ocsp?.remove();
  await directory?.stop();
  await world?.stop();
});
afterEach(() => {
  ahead = 0;
  logged.length = 0;
});

const authorityLists: RepositoryObject = { kind: "authorityRevocationLists" };
function pointOf(partition: "operational" | "121002"): RepositoryObject {
  const { definition } = world.soft;
  const city = municipalityOf(definition, "121002") ?? expect.fail();
  const point = distributionPointName(
    definition,
    partition === "121002" ? city : { ...city, romaji: "Operational" },
    1,
  );
  return { kind: "certificateRevocationList", point };
}
async function publishAll(): Promise<void> {
  await target.publish({ kind: "caCertificates" }, [world.soft.selfSigned]);
  await target.publish(authorityLists, [world.lists.authority]);
  await target.publish(pointOf("operational"), [world.lists.operational]);
  await target.publish(pointOf("121002"), [world.lists["121002"]]);
}
/** Copies that are not the newest, as `ldap 121002 stale`. */
async function wrong(): Promise<readonly string[]> {
  const copies = await prober.probe();
  return copies
    .filter(({ state }) => state !== "newest")
    .map(({ via, partition, state }) => `${via} ${partition ?? "certificates"} ${state}`);
}
const statesOf = () => Object.fromEntries(prober.services.map(({ service, state }) => [service, state]));

describe("the prober", () => {
  it("finds what is published everywhere the same as in the ledger, lists of subscriber certificates as a verifier", async () => {
    const copies = await prober.probe();
    expect(copies.map(({ via, partition, state }) => `${via} ${partition} ${state}`).toSorted()).toEqual([
      "http authority newest",
      "http operational newest",
      "http undefined newest",
      "http undefined newest",
      "ldap 121002 newest",
      "ldap authority newest",
      "ldap operational newest",
      "ldap undefined newest",
    ]);
    expect(statesOf()).toEqual({ http: "available", ldap: "available", ocsp: "available" });
    expect(prober.services.map(({ availability }) => availability)).toEqual([1, 1, 1]);
  });

  it("finds a copy that is missing, one that is another, and says so once", async () => {
    await target.publish(pointOf("operational"), []);
    await target.publish(authorityLists, [world.lists.operational]);
    expect(await wrong()).toEqual(expect.arrayContaining(["ldap operational missing", "ldap authority differs"]));
    expect(statesOf()).toMatchObject({ ldap: "unavailable", http: "available" });
    await wrong();
    const told = logged.filter(({ code }) => code === "RS012");
    expect(told).toEqual(
      expect.arrayContaining([
        { code: "RS012", via: "ldap", partition: "operational", generation: 1, state: "missing" },
        { code: "RS012", via: "ldap", partition: "authority", generation: 1, state: "differs" },
      ]),
    );
    expect(told).toHaveLength(2);
    await publishAll();
    expect(await wrong()).toEqual([]);
    expect(logged.filter(({ code }) => code === "RS014").map(({ was }) => was)).toContain("RS013 ldap");
  });

  it("finds a copy that is stale once a new list had its time to be published", async () => {
    const partition = "121002";
    const newer = await enterSoftList(world.owner, world.soft, {
      partition,
      number: 6,
      thisUpdate: wholeSecond(new Date()),
    });
    await ledger.readNow();
    expect(await wrong()).toEqual(["ldap 121002 awaited"]);
    expect(statesOf()).toMatchObject({ ldap: "available" });
    ahead = 300_000;
    expect(await wrong()).toEqual(["ldap 121002 stale"]);
    expect(statesOf()).toMatchObject({ ldap: "unavailable" });
    await target.publish(pointOf(partition), [newer]);
    expect(await wrong()).toEqual([]);
  });

  it("says when a partition has no new list for 25 hours, and louder after 60", async () => {
    const aboutAge = () => logged.filter(({ code, partition }) => /RS01[01]/.test(code) && partition === "authority");
    ahead = listedAt.getTime() + 25 * hour - Date.now() - 60_000;
    await prober.probe();
    expect(aboutAge()).toEqual([]);
    ahead += 120_000;
    await prober.probe();
    expect(aboutAge()).toEqual([{ code: "RS010", partition: "authority", generation: 1, state: "late" }]);
    ahead += 35 * hour;
    await prober.probe();
    expect(aboutAge().at(-1)).toEqual({ code: "RS011", partition: "authority", generation: 1, state: "critical" });
    // What got worse is not right again.
    expect(logged.filter(({ code }) => code === "RS014")).toEqual([]);
    ahead = 0;
    await prober.probe();
    const right = logged.filter(({ code }) => code === "RS014").map(({ was }) => was);
    expect(right).toContain("RS011 authority 1 critical");
    expect(right).not.toContain("RS010 authority 1 late");
  });

  it("finds a copy that is missing while the ledger is away", async () => {
    await target.publish(pointOf("operational"), []);
    await world.postgres.cluster.stop("immediate");
    expect(await wrong()).toEqual(["ldap operational missing"]);
    expect(statesOf()).toMatchObject({ ldap: "unavailable", http: "available" });
    await world.postgres.crash();
    await target.publish(pointOf("operational"), [world.lists.operational]);
    expect(await wrong()).toEqual([]);
  });

  it("is closed soon, whoever it still waits for", { timeout: 10_000 }, async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const settings = { every: 3_600, record: join(world.directory, "other.json") };
    const addresses = { http: "http://x/", ldap: directory.url, ocsp: "http://127.0.0.1:1/ocsp" };
    const configuration = { origin: `http://127.0.0.1:${port}`, addresses, prober: settings };
    const waiting = new Prober({ configuration, ledger, now });
    waiting.start();
    await once(silent, "connection");
    await waiting.close();
    silent.close();
  });

  it("finds a service that is away, and counts it", async () => {
    await directory.halt();
    await responder.stop();
    expect(await wrong()).toEqual(
      expect.arrayContaining([
        "ldap 121002 unreachable",
        "ldap authority unreachable",
        "ldap certificates unreachable",
      ]),
    );
    expect(statesOf()).toEqual({ http: "available", ldap: "unavailable", ocsp: "unavailable" });
    expect(logged.filter(({ code }) => code === "RS013")).toEqual([
      { code: "RS013", service: "ldap" },
      { code: "RS013", service: "ocsp" },
    ]);
    const [http, ldap] = prober.services.map(({ availability = 0 }) => availability);
    expect(http).toBe(1);
    expect(ldap).toBeLessThan(1);
    await directory.resume();
    expect(await wrong()).toEqual([]);
  });
});
