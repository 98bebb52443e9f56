import {
  chibaAuthority,
  chibaPracticeAuthority,
  publishNewest,
  RepositoryRefused,
  RepositoryUnavailable,
} from "@mitome/ca";
import { MemoryLocks, MemoryPublications } from "@mitome/testkit/memory-repository";
import { chibaPoint, describeRepository } from "@mitome/testkit/repository-contract";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftAuthority, makeSoftKey, testSerial } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { formatDn, type RevokedCertificate } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ldapsearch, valuesOf } from "./ldapsearch.fixture.ts";
import { directoryTarget } from "./repository-target.ts";

const { issuer } = chibaAuthority;
const key = makeSoftKey({ kind: "rsa", bits: 2048 });
const partition = (code: string) => {
  const point = chibaPoint(code, 1);
  return {
    object: { kind: "certificateRevocationList", point } as const,
    name: formatDn(point),
    list: (number: number, entries: readonly RevokedCertificate[] = []) =>
      softList({ issuer, key, number, point, onlyContains: "userCerts", entries }),
  };
};

let directory: TestSlapd;
const publisher = () => ({ ...directory.slapd.access(chibaAuthority, "publisher"), timeout: 20_000 });
const target = () => directoryTarget("ldap", chibaAuthority, publisher());
/** What stands at the point, as OpenLDAP's own client sees it. */
const standing = (name: string): Buffer[] => {
  const { bindName, passwordFile, url } = publisher();
  const eye = { url, name: formatDn(bindName), passwordFile };
  return valuesOf(ldapsearch(eye, name).lines, "certificateRevocationList");
};

beforeAll(async () => {
  directory = await startTestSlapd({ authorities: [chibaAuthority, chibaPracticeAuthority] });
});
afterAll(() => directory.stop());

describe("publishing to slapd", () => {
  describeRepository(target);

  it("takes a list of 40 MB and gives it back", async () => {
    const { object, list } = partition("122068");
    const entry = { serialNumber: testSerial(1), revocationDate: new Date("2026-01-01T00:00:00Z") };
    const entries = new Array<RevokedCertificate>(850_000).fill({ ...entry, reason: "keyCompromise" });
    const large = list(1, entries);
    expect(large.length).toBeGreaterThan(40_000_000);
    const ledger = new MemoryPublications();
    ledger.say(object, large);
    const to = { target: target(), locks: new MemoryLocks(), ledger };
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "alreadyPublished" });
  });

  it("refuses octets that are not what they should be, and keeps what stands there", async () => {
    const { object, name, list } = partition("122076");
    await target().publish(object, [list(1)]);
    const certificate = makeSoftAuthority(new Date("2026-01-01T00:00:00Z"), chibaAuthority).selfSigned;
    const wrong = [new Uint8Array(), Buffer.from("no list"), list(1).subarray(0, -1), certificate];
    for (const octets of wrong)
      await expect(target().publish(object, [octets])).rejects.toMatchObject({ name: "RepositoryRefused", code: 21 });
    for (const kind of ["caCertificates", "crossCertificatePairs", "authorityRevocationLists"] as const)
      await expect(target().publish({ kind }, [Buffer.from("nothing of the kind")])).rejects.toThrow(RepositoryRefused);
    expect(standing(name)).toEqual([list(1)]);
  });

  it("writes nowhere but below its own authority's suffix", async () => {
    const [country, , ...below] = chibaPoint("121002", 1);
    if (country === undefined) throw new RangeError("a point without a country");
    const elsewhere = [country, { type: "O", value: "Tokyo Metropolitan Government" } as const, ...below];
    const practice = [...chibaPracticeAuthority.issuer.slice(0, -1), ...below];
    for (const point of [elsewhere, practice]) {
      const object = { kind: "certificateRevocationList", point } as const;
      await expect(target().publish(object, [partition("121002").list(1)])).rejects.toThrow(RepositoryRefused);
    }
  });

  it("is refused with a password that is not the publisher's", async () => {
    const registrar = directory.slapd.access(chibaAuthority, "registrar");
    const impostor = directoryTarget("ldap", chibaAuthority, { ...publisher(), passwordFile: registrar.passwordFile });
    await expect(impostor.read({ kind: "caCertificates" })).rejects.toMatchObject({ code: 49 });
  });
});

describe("while slapd is away", () => {
  it("loses nothing: on its return exactly the newest of each object is written, in the order asked", async () => {
    const partitions = ["122084", "122106", "122114"].map(partition);
    const ledger = new MemoryPublications();
    const to = { target: target(), locks: new MemoryLocks(), ledger };
    for (const { object, list } of partitions) {
      ledger.say(object, list(1));
      await publishNewest(to, object);
    }
    await directory.halt();
    for (const number of [2, 3, 4])
      for (const { object, list } of partitions) {
        ledger.say(object, list(number));
        await expect(publishNewest(to, object)).rejects.toThrow(RepositoryUnavailable);
      }
    await directory.resume();
    const before = directory.slapd.log().length;
    for (const { object } of partitions)
      await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
    const written = [
      ...directory.slapd
        .log()
        .slice(before)
        .matchAll(/ MOD dn="([^"]+)"/g),
    ].map(([, name]) => name);
    expect(written.map((name) => name?.toLowerCase())).toEqual(partitions.map(({ name }) => name.toLowerCase()));
    for (const { name, list } of partitions) expect(standing(name)).toEqual([list(4)]);
  });

  it("says so when it does not answer in time", async () => {
    const silent = directoryTarget("ldap", chibaAuthority, { ...publisher(), timeout: 1 });
    await expect(silent.read({ kind: "caCertificates" })).rejects.toThrow(RepositoryUnavailable);
  });
});
