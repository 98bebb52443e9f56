import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chibaAuthority, RepositoryUnavailable } from "@mitome/ca";
import { chibaPoint } from "@mitome/testkit/repository-contract";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftKey } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { formatDn } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hashBindPassword } from "./bind-password.ts";
import { verifierName } from "./directory-tree.ts";
import { type Eye, ldapmodify, ldapsearch, valuesOf } from "./ldapsearch.fixture.ts";
import { encodeChange } from "./ldif.ts";
import { directoryTarget } from "./repository-target.ts";
import { startSlapd } from "./slapd.ts";
import { setVerifierBind } from "./verifier-bind.ts";

const { issuer } = chibaAuthority;
const key = makeSoftKey({ kind: "rsa", bits: 2048 });
const point = chibaPoint("121002", 1);
const object = { kind: "certificateRevocationList", point } as const;
const list = (number: number) => softList({ issuer, key, number, point, onlyContains: "userCerts" });
const authorities = [chibaAuthority];
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 50 });

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "mtm-"));
  // Root's slapd runs as another user, who must pass through.
  chmodSync(home, 0o711);
});
afterAll(() => rmSync(home, { recursive: true }));

describe("a slapd of our own", () => {
  it("is not root's, has its state to itself, and is reached through a Unix socket where that is wanted", async () => {
    const directory = join(home, "socket");
    const url = `ldapi://${encodeURIComponent(join(directory, "ldapi"))}`;
    const slapd = await startSlapd({ authorities, directory, urls: [url] });
    try {
      const status = readFileSync(`/proc/${slapd.pid}/status`, "utf8");
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe("0");
      expect(readFileSync(`/proc/${slapd.pid}/limits`, "utf8")).toMatch(/^Max core file size +0 /m);
      const access = slapd.access(chibaAuthority, "publisher");
      for (const path of [directory, join(directory, "databases/chiba"), join(directory, "passwords")])
        expect(statSync(path).mode & 0o077).toBe(0);
      for (const path of [access.passwordFile, join(directory, "slapd.conf"), join(directory, "log")])
        expect(statSync(path).mode & 0o077).toBe(0);
      await directoryTarget("ldap", chibaAuthority, access).publish(object, [list(1)]);
      expect(slapd.log()).not.toContain(readFileSync(access.passwordFile, "utf8"));
    } finally {
      await slapd.stop();
    }
  });

  it("serves an authority whose name has the characters of slapd's own configuration in it", async () => {
    const [country, , title] = issuer;
    if (country === undefined || title === undefined) throw new RangeError("an issuer of fewer names");
    const odd = {
      ...chibaAuthority,
      issuer: [country, { type: "O", value: '千葉" by * write "\\, #1' } as const, title],
    };
    const served = await startTestSlapd({ authorities: [odd] });
    try {
      const target = directoryTarget("ldap", odd, served.slapd.access(odd, "publisher"));
      const arl = softList({ issuer: odd.issuer, key, number: 1, point: odd.issuer, onlyContains: "caCerts" });
      await target.publish({ kind: "authorityRevocationLists" }, [arl]);
      const change = encodeChange(formatDn(odd.issuer), "replace", "authorityRevocationList;binary", [list(2)]);
      expect(ldapmodify({ url: served.url }, change)).not.toBe(0);
      const { lines } = ldapsearch({ url: served.url }, formatDn(odd.issuer));
      expect(valuesOf(lines, "authorityRevocationList")).toEqual([arl]);
    } finally {
      await served.stop();
    }
  });

  it("ends with the program that started it, however that ended", async () => {
    const place = {
      directory: join(home, "orphan"),
      urls: [`ldapi://${encodeURIComponent(join(home, "orphan/ldapi"))}`],
    };
    const source = `
      const { startSlapd } = await import(${JSON.stringify(new URL("./slapd.ts", import.meta.url).href)});
      const { chibaAuthority } = await import("@mitome/ca");
      const slapd = await startSlapd({ ...${JSON.stringify(place)}, authorities: [chibaAuthority] });
      console.log(slapd.pid);
      setInterval(() => {}, 1000);
    `;
    const starter = spawn(process.execPath, ["--input-type=module", "--eval", source], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = await new Promise<number>((resolve) => starter.stdout.once("data", (text) => resolve(Number(text))));
    expect(existsSync(`/proc/${pid}/stat`)).toBe(true);
    starter.kill("SIGKILL");
    const state = () =>
      existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2] : "Z";
    await soon(() => expect(state()).toBe("Z"));
  });

  it("says what is wrong when it does not start", async () => {
    const place = { authorities, directory: join(home, "wrong"), urls: ["ldap://192.0.2.1:389"] } as const;
    await expect(startSlapd(place)).rejects.toMatchObject({
      name: "SlapdFailed",
      message: expect.stringMatching(/bind/),
    });
  });
});

describe("slapd with a certificate", () => {
  let secure: TestSlapd;
  let trustFile: string;
  beforeAll(async () => {
    const certificateFile = join(home, "server.pem");
    const keyFile = join(home, "server.key");
    trustFile = certificateFile;
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
        ...["-subj", "/CN=directory", "-addext", "subjectAltName=IP:127.0.0.1"],
        ...["-keyout", keyFile, "-out", certificateFile],
      ],
      { stdio: "ignore" },
    );
    chmodSync(keyFile, 0o644);
    secure = await startTestSlapd({ authorities, tls: { certificateFile, keyFile }, trustFile });
  });
  afterAll(() => secure.stop());

  it("is published to, and read, over TLS", async () => {
    const access = secure.slapd.access(chibaAuthority, "publisher");
    const target = directoryTarget("ldap", chibaAuthority, access);
    await target.publish(object, [list(1)]);
    await expect(target.read(object)).resolves.toEqual([list(1)]);
  });

  it("takes no password over a connection without TLS, where anyone still reads what is public", async () => {
    const publisher = secure.slapd.access(chibaAuthority, "publisher");
    const target = directoryTarget("ldap", chibaAuthority, publisher);
    const arl = softList({ issuer, key, number: 1, point: issuer, onlyContains: "caCerts" });
    await target.publish({ kind: "authorityRevocationLists" }, [arl]);
    const { code, lines } = ldapsearch({ url: secure.plainUrl }, formatDn(issuer));
    expect([code, valuesOf(lines, "authorityRevocationList")]).toEqual([0, [arl]]);
    const confidentialityRequired = 13;
    const { passwordFile } = publisher;
    const eye = { url: secure.plainUrl, name: formatDn(publisher.bindName), passwordFile };
    expect(ldapsearch(eye, formatDn(issuer)).code).toBe(confidentialityRequired);
  });

  it("is not spoken to when nobody trusts its certificate", async () => {
    const { trustFile: _, ...access } = secure.slapd.access(chibaAuthority, "publisher");
    await expect(directoryTarget("ldap", chibaAuthority, access).read(object)).rejects.toThrow(RepositoryUnavailable);
  });
});

describe("a second slapd that copies the first", () => {
  let first: TestSlapd;
  let copy: TestSlapd;
  const verifier = (url: string): Eye => ({
    url,
    name: formatDn(verifierName(chibaAuthority, "verifier")),
    password: "verifier's password",
  });
  const publish = (number: number) =>
    directoryTarget("ldap", chibaAuthority, first.slapd.access(chibaAuthority, "publisher")).publish(object, [
      list(number),
    ]);
  const bind = async (password: string | undefined) =>
    setVerifierBind(
      first.slapd.access(chibaAuthority, "registrar"),
      chibaAuthority,
      "verifier",
      password && (await hashBindPassword(password)),
    );
  const seen = (url: string) => {
    const { code, lines } = ldapsearch(verifier(url), formatDn(point));
    return { code, values: valuesOf(lines, "certificateRevocationList") };
  };

  beforeAll(async () => {
    first = await startTestSlapd({ authorities });
    await publish(1);
    await bind("verifier's password");
    const { passwordFile } = first.slapd.access(chibaAuthority, "replica");
    copy = await startTestSlapd({
      authorities,
      copyOf: { url: first.url, passwords: { chiba: readFileSync(passwordFile, "utf8") } },
    });
  });
  afterAll(async () => {
    await copy.stop();
    await first.stop();
  });

  it("shows a verifier what the first shows, soon after it changes", async () => {
    await soon(() => expect(seen(copy.url)).toEqual({ code: 0, values: [list(1)] }));
    await publish(2);
    await soon(() => expect(seen(copy.url)).toEqual({ code: 0, values: [list(2)] }));
    expect(ldapsearch({ url: copy.url }, formatDn(point)).code).toBe(32);
  });

  it("[C-4-4-3.2] has a verifier that knows both addresses get its list while either is away", async () => {
    await soon(() => expect(seen(copy.url)).toEqual({ code: 0, values: [list(2)] }));
    for (const [away, other] of [
      [first, copy],
      [copy, first],
    ] as const) {
      await away.halt();
      expect(seen(away.url).code).not.toBe(0);
      expect(seen(`${away.url} ${other.url}`)).toEqual({ code: 0, values: [list(2)] });
      await away.resume();
      expect(seen(away.url)).toEqual({ code: 0, values: [list(2)] });
    }
  });

  it("catches up with what happened while it was away", async () => {
    await copy.halt();
    await publish(3);
    await copy.resume();
    await soon(() => expect(seen(copy.url)).toEqual({ code: 0, values: [list(3)] }));
  });

  it("sends whoever would write to the first", async () => {
    const { bindName, passwordFile } = first.slapd.access(chibaAuthority, "publisher");
    const change = encodeChange(formatDn(point), "replace", "certificateRevocationList;binary", [list(4)]);
    const referral = 10;
    expect(ldapmodify({ url: copy.url, name: formatDn(bindName), passwordFile }, change)).toBe(referral);
  });

  it("shows nothing more to a verifier whose access ended at the first", async () => {
    await bind(undefined);
    await soon(() => expect(seen(copy.url)).toEqual({ code: 49, values: [] }));
  });
});
