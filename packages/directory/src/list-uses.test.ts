import { chibaAuthority } from "@mitome/ca";
import { chibaPoint } from "@mitome/testkit/repository-contract";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftKey } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { formatDn } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashBindPassword } from "./bind-password.ts";
import { usesLogName, verifierName } from "./directory-tree.ts";
import { type Eye, ldapsearch } from "./ldapsearch.fixture.ts";
import { readListUses } from "./list-uses.ts";
import { directoryTarget } from "./repository-target.ts";
import { setVerifierBind } from "./verifier-bind.ts";

const { issuer } = chibaAuthority;
const key = makeSoftKey({ kind: "rsa", bits: 2048 });
const points = ["121002", "122025"].map((code) => chibaPoint(code, 1));
const [chibaShi = [], choshiShi = []] = points;

let directory: TestSlapd;
const uses = (from = new Date("2026-01-01T00:00:00Z"), until = new Date("2100-01-01T00:00:00Z")) =>
  readListUses(directory.slapd.access(chibaAuthority, "meter"), chibaAuthority, { from, until });
const verifier = (bindName: string): Eye => ({
  url: directory.url,
  name: formatDn(verifierName(chibaAuthority, bindName)),
  password: `${bindName}'s password`,
});

beforeAll(async () => {
  directory = await startTestSlapd({ authorities: [chibaAuthority] });
  const target = directoryTarget("ldap", chibaAuthority, directory.slapd.access(chibaAuthority, "publisher"));
  for (const point of points)
    await target.publish({ kind: "certificateRevocationList", point }, [
      softList({ issuer, key, number: 1, point, onlyContains: "userCerts" }),
    ]);
  for (const bindName of ["aoba", "wakaba"])
    await setVerifierBind(
      directory.slapd.access(chibaAuthority, "registrar"),
      chibaAuthority,
      bindName,
      await hashBindPassword(`${bindName}'s password`),
    );
});
afterAll(() => directory.stop());

describe("which lists verifiers were given by LDAP", () => {
  it("is each one, of whom and when, and nothing that was not given", async () => {
    const begun = Date.now();
    ldapsearch(verifier("aoba"), formatDn(chibaShi));
    ldapsearch(verifier("wakaba"), formatDn(choshiShi), { attributes: ["certificateRevocationList;binary"] });
    ldapsearch(verifier("aoba"), formatDn(chibaShi).toUpperCase(), { scope: "sub", attributes: ["2.5.4.39"] });
    // Not given: another attribute, a filter that does not fit, a point that is not there, public things, a stranger.
    ldapsearch(verifier("aoba"), formatDn(chibaShi), { attributes: ["cn"] });
    ldapsearch(verifier("aoba"), formatDn(chibaShi), { filter: "(cn=another)" });
    ldapsearch(verifier("aoba"), formatDn(chibaPoint("122033", 1)));
    ldapsearch(verifier("aoba"), formatDn(issuer));
    ldapsearch({ url: directory.url }, formatDn(chibaShi));
    ldapsearch({ ...verifier("aoba"), password: "another" }, formatDn(chibaShi));
    const given = await uses();
    expect(given.map(({ bindName, point }) => [bindName, point])).toEqual([
      ["aoba", formatDn(chibaShi).toLowerCase()],
      ["wakaba", formatDn(choshiShi).toLowerCase()],
      ["aoba", formatDn(chibaShi).toLowerCase()],
    ]);
    expect(new Set(given.map(({ id }) => id)).size).toBe(3);
    for (const { at } of given) {
      expect(at.getTime()).toBeGreaterThan(begun - 1000);
      expect(at.getTime()).toBeLessThanOrEqual(Date.now());
    }
    await expect(uses(new Date(Date.now() + 60_000))).resolves.toEqual([]);
    await expect(uses(undefined, new Date(begun - 60_000))).resolves.toEqual([]);
  });

  it("is known again after slapd was ended and started", async () => {
    const before = await uses();
    await directory.halt();
    await directory.resume();
    await expect(uses()).resolves.toEqual(before);
  });

  it("is for nobody but the meter to see", () => {
    const log = formatDn(usesLogName(chibaAuthority));
    const publisher = directory.slapd.access(chibaAuthority, "publisher");
    const eyes = [
      { url: directory.url },
      verifier("aoba"),
      { url: directory.url, name: formatDn(publisher.bindName), passwordFile: publisher.passwordFile },
    ];
    for (const eye of eyes) expect(ldapsearch(eye, log, { scope: "sub" }).code).toBe(32);
  });
});
