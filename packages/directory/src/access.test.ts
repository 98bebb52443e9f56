import { chibaAuthority, chibaPracticeAuthority, distributionPointOf, type RepositoryTarget } from "@mitome/ca";
import { chibaPoint } from "@mitome/testkit/repository-contract";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftAuthority } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { type DistinguishedName, formatDn } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashBindPassword } from "./bind-password.ts";
import { directoryTree, verifierName } from "./directory-tree.ts";
import { type Eye, ldapmodify, ldapsearch, valuesOf } from "./ldapsearch.fixture.ts";
import { encodeChange, encodeRemoval } from "./ldif.ts";
import { directoryTarget } from "./repository-target.ts";
import { setVerifierBind } from "./verifier-bind.ts";

const { issuer } = chibaAuthority;
const tree = directoryTree(chibaAuthority);
const suffix = formatDn(tree.suffix);

const authority = makeSoftAuthority(new Date("2026-01-01T00:00:00Z"), chibaAuthority);
const chibaShi = chibaPoint("121002", 1);
const operational = distributionPointOf(chibaAuthority, "Operational", 2);
const list = (point: DistinguishedName, onlyContains: "userCerts" | "caCerts") =>
  softList({ issuer, key: authority.key, number: 1, point, onlyContains });
const subscriberList = list(chibaShi, "userCerts");
const operationalList = list(operational, "userCerts");
const arl = list(issuer, "caCerts");
// CertificatePair ::= SEQUENCE { issuedToThisCA [0] Certificate OPTIONAL, issuedByThisCA [1] Certificate OPTIONAL }
const tagged = (identifier: number, contents: Uint8Array): Buffer => {
  const header = Buffer.from([identifier, 0x82, 0, 0]);
  header.writeUInt16BE(contents.length, 2);
  return Buffer.concat([header, contents]);
};
const pair = tagged(0x30, Buffer.concat([tagged(0xa0, authority.selfSigned), tagged(0xa1, authority.selfSigned)]));

let directory: TestSlapd;
let target: RepositoryTarget;
let anonymous: Eye;
const verifier = (bindName: string, password: string): Eye => ({
  url: directory.url,
  name: formatDn(verifierName(chibaAuthority, bindName)),
  password,
});
const service = (name: "publisher" | "registrar"): Eye => {
  const { bindName, passwordFile } = directory.slapd.access(chibaAuthority, name);
  return { url: directory.url, name: formatDn(bindName), passwordFile };
};
const bind = async (bindName: string, password: string | undefined): Promise<void> =>
  setVerifierBind(
    directory.slapd.access(chibaAuthority, "registrar"),
    chibaAuthority,
    bindName,
    password === undefined ? undefined : await hashBindPassword(password),
  );

beforeAll(async () => {
  directory = await startTestSlapd({ authorities: [chibaAuthority, chibaPracticeAuthority] });
  anonymous = { url: directory.url };
  target = directoryTarget("ldap", chibaAuthority, directory.slapd.access(chibaAuthority, "publisher"));
  await target.publish({ kind: "caCertificates" }, [authority.selfSigned]);
  await target.publish({ kind: "crossCertificatePairs" }, [pair]);
  await target.publish({ kind: "authorityRevocationLists" }, [arl]);
  await target.publish({ kind: "certificateRevocationList", point: chibaShi }, [subscriberList]);
  await target.publish({ kind: "certificateRevocationList", point: operational }, [operationalList]);
  await bind("active", "active's password");
  await bind("stopped", "stopped's password");
  await bind("stopped", undefined);
});
afterAll(() => directory.stop());

describe("what anyone sees in the directory", () => {
  it("[C-2-6-1.2] [C-2-6-3.1] [C-4-4-4-1.2] is the authority's certificates, pairs and ARL, by LDAP v3", () => {
    const { code, lines } = ldapsearch(anonymous, formatDn(issuer));
    expect(code).toBe(0);
    expect(valuesOf(lines, "cACertificate")).toEqual([Buffer.from(authority.selfSigned)]);
    expect(valuesOf(lines, "crossCertificatePair")).toEqual([pair]);
    expect(valuesOf(lines, "authorityRevocationList")).toEqual([Buffer.from(arl)]);
  });

  it("[C-2-6-1.2] is the list of operational certificates", () => {
    const { code, lines } = ldapsearch(anonymous, formatDn(operational));
    expect([code, valuesOf(lines, "certificateRevocationList")]).toEqual([0, [Buffer.from(operationalList)]]);
  });

  it("is no operational attribute, such as who wrote and when", () => {
    const { lines } = ldapsearch(anonymous, formatDn(issuer), { attributes: ["+", "*"] });
    const names = new Set(lines.map((line) => line.split(/[;:]/)[0]));
    expect(names).toEqual(
      new Set(["dn", "objectClass", "cn", "cACertificate", "crossCertificatePair", "authorityRevocationList"]),
    );
    expect(ldapsearch(anonymous, formatDn(issuer), { filter: "(creatorsName=*)" }).lines).toEqual([]);
  });

  it.each([
    ["the list of subscriber certificates", chibaShi],
    ["the point of a municipality without a list", chibaPoint("122025", 1)],
    ["the points", tree.distributionPoints],
    ["a verifier's name", verifierName(chibaAuthority, "active")],
    ["the name of no verifier", verifierName(chibaAuthority, "nobody")],
    ["the verifiers' role", tree.verifierRole],
    ["the services", tree.services],
    ["the suffix", tree.suffix],
  ])("[C-2-6-3.2] [C-2-8-3.2] is not %s, not even that there is one", (_what, name) => {
    for (const scope of ["base", "one", "sub"] as const)
      expect(ldapsearch(anonymous, formatDn(name), { scope })).toEqual({
        code: 32,
        lines: [],
        complaint: "No such object (32)\n",
      });
  });
});

describe("what a verifier sees in the directory", () => {
  it("[C-2-6-1.2] [C-2-6-3.2] is the list of subscriber certificates while its access is granted", () => {
    const { code, lines } = ldapsearch(verifier("active", "active's password"), formatDn(chibaShi));
    expect([code, valuesOf(lines, "certificateRevocationList")]).toEqual([0, [Buffer.from(subscriberList)]]);
  });

  it("is a point whose name it knows, one a search, and what anyone sees", () => {
    const eye = verifier("active", "active's password");
    for (const scope of ["base", "one", "sub"] as const)
      for (const above of [chibaShi.slice(0, -1), tree.distributionPoints, tree.suffix])
        expect(ldapsearch(eye, formatDn(above), { scope }).code).toBe(32);
    expect(valuesOf(ldapsearch(eye, formatDn(issuer)).lines, "authorityRevocationList")).toHaveLength(1);
  });

  it("is nothing of other verifiers, of services, and of its own password", () => {
    const eye = verifier("active", "active's password");
    for (const name of [
      verifierName(chibaAuthority, "active"),
      tree.verifiers,
      tree.verifierRole,
      tree.services,
      tree.suffix,
    ])
      expect(ldapsearch(eye, formatDn(name), { scope: "sub", attributes: ["*", "+"] }).code).toBe(32);
  });

  it("is nothing with a wrong password, without one, or once it is stopped", () => {
    for (const eye of [
      verifier("active", "another password"),
      verifier("stopped", "stopped's password"),
      verifier("nobody", "a password"),
    ])
      expect(ldapsearch(eye, formatDn(chibaShi)).code).toBe(49);
    expect(ldapsearch(verifier("active", ""), formatDn(chibaShi)).code).not.toBe(0);
  });

  it("ends with its access, on a connection that was open before too", async () => {
    await bind("leaving", "leaving's password");
    const { spawn } = await import("node:child_process");
    const { name = "", password = "" } = verifier("leaving", "leaving's password");
    const held = spawn(
      "ldapsearch",
      [
        ...[
          "-x",
          "-c",
          "-LLL",
          "-H",
          directory.url,
          "-D",
          name,
          "-w",
          password,
          "-s",
          "base",
          "-b",
          formatDn(chibaShi),
        ],
        ...["-f", "-", "%s", "1.1"],
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    let said = "";
    const says = (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => said.includes(text) && resolve();
        held.stdout.on("data", look);
        held.stderr.on("data", look);
        look();
      });
    for (const stream of [held.stdout, held.stderr])
      stream.setEncoding("utf8").prependListener("data", (text: string) => {
        said += text;
      });
    held.stdin.write("(objectClass=*)\n");
    await says("dn: cn=Chiba-shi CRLDP");
    await bind("leaving", undefined);
    held.stdin.write("(cn=*)\n");
    await says("No such object (32)");
    held.stdin.end();
  });

  it("takes a new password in place of the old one, and the same again", async () => {
    await bind("changing", "first password");
    await bind("changing", "second password");
    await bind("changing", "second password");
    expect(ldapsearch(verifier("changing", "first password"), formatDn(chibaShi)).code).toBe(49);
    expect(ldapsearch(verifier("changing", "second password"), formatDn(chibaShi)).code).toBe(0);
    await bind("changing", undefined);
    await bind("changing", undefined);
    expect(ldapsearch(verifier("changing", "second password"), formatDn(chibaShi)).code).toBe(49);
  });

  it("is kept as an argon2id hash alone", async () => {
    const registrar = directory.slapd.access(chibaAuthority, "registrar");
    await expect(setVerifierBind(registrar, chibaAuthority, "clear", "a password in clear")).rejects.toThrow(
      RangeError,
    );
    await expect(setVerifierBind(registrar, chibaAuthority, "a,ou=Services", undefined)).rejects.toThrow(RangeError);
  });
});

describe("who writes in the directory", () => {
  const attribute = "certificateRevocationList;binary";
  const write = (point: DistinguishedName) => encodeChange(formatDn(point), "replace", attribute, [subscriberList]);

  it.each(["anonymous", "verifier", "registrar"] as const)("is not the %s", (who) => {
    const eyes = { anonymous, verifier: verifier("active", "active's password"), registrar: service("registrar") };
    const eye = eyes[who];
    for (const change of [
      write(chibaShi),
      encodeChange(formatDn(issuer), "replace", "cACertificate;binary", [authority.selfSigned]),
      encodeRemoval(formatDn(chibaShi)),
      "dn: cn=Mine,{}\nchangetype: add\nobjectClass: organizationalRole\ncn: Mine\n\n".replace("{}", suffix),
    ])
      expect(ldapmodify(eye, change)).not.toBe(0);
    expect(valuesOf(ldapsearch(anonymous, formatDn(issuer)).lines, "cACertificate")).toHaveLength(1);
  });

  it("is the publisher, who neither takes entries away nor lets anybody bind", () => {
    const eye = service("publisher");
    expect(ldapmodify(eye, write(chibaShi))).toBe(0);
    const bindable = `changetype: add\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: Mine\nuserPassword: x\n\n`;
    for (const change of [
      encodeRemoval(formatDn(chibaShi)),
      encodeRemoval(formatDn(issuer)),
      encodeChange(formatDn(tree.verifierRole), "add", "roleOccupant", [formatDn(tree.suffix)]),
      ...[tree.verifiers, tree.services, tree.suffix, tree.distributionPoints].map(
        (above) => `dn: cn=Mine,${formatDn(above)}\n${bindable}`,
      ),
    ])
      expect(ldapmodify(eye, change)).not.toBe(0);
  });

  it("is not another authority's publisher", () => {
    const { bindName, passwordFile } = directory.slapd.access(chibaPracticeAuthority, "publisher");
    const eye = { url: directory.url, name: formatDn(bindName), passwordFile };
    expect(ldapmodify(eye, write(chibaShi))).not.toBe(0);
    expect(
      ldapmodify(
        eye,
        `dn: ${formatDn(chibaPracticeAuthority.issuer)}\nchangetype: add\nobjectClass: organizationalRole\nobjectClass: pkiCA\ncn: The Governor of Chiba Prefecture\n\n`,
      ),
    ).toBe(0);
  });
});
