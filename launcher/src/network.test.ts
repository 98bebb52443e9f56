import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { assembleOcspRequest, encodeTbsRequest, makeCertId, parseCertificate, parseSerialNumber } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listeningSockets, socketsOf } from "./listening.fixture.ts";
import { makePlace, type StackPlace } from "./place.ts";
import { root } from "./places.ts";
import { processesUnder } from "./proc.fixture.ts";
import { must, runQuietly } from "./run-command.ts";
import { type Stack, startStack } from "./stack.ts";

let place: StackPlace;
let stack: Stack;

beforeAll(async () => {
  place = await makePlace();
  stack = await startStack(place, { ports: "free", residents: 0, pages: false, cards: 1 });
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  await place?.clear();
});

/** What docs/network.md says listens: `<program>: TCP` or `<program>: Unix <path>`, once for each row of its table. */
function listenersInThePage(): readonly string[] {
  const page = readFileSync(join(root, "docs/network.md"), "utf8");
  const rows = [...page.matchAll(/^\| (\S+) +\| (TCP|Unix)(?: `([^`]+)`)?[^|]*\|/gm)];
  return rows.map(([, program, kind, path]) => `${program}: ${kind}${kind === "Unix" ? ` ${path}` : ""}`).toSorted();
}

/** What listens, by the program whose process or child has the socket; addresses as in `listeningSockets`. */
function listenersRunning(): readonly (readonly [program: string, address: string])[] {
  const started = stack.processes.list();
  const programs = [...started, { name: "postgres", pid: stack.authority.cluster.pid }];
  const named = new Map(programs.flatMap(({ name, pid }) => processesUnder([pid]).map((one) => [one.pid, name])));
  // What else this process started, such as slapd.
  for (const { pid, commandLine } of processesUnder([process.pid])) {
    const command = basename(commandLine.toString().split("\0", 1)[0] ?? "");
    if (pid !== process.pid && !named.has(pid)) named.set(pid, command);
  }
  const sockets = listeningSockets();
  const found = new Map<string, readonly [string, string]>();
  for (const [pid, name] of named) {
    const own = socketsOf(pid);
    for (const { inode, address } of sockets)
      if (own.has(inode)) found.set(`${name} ${inode}`, [name, address.replace(`${place.runDir}/`, "")]);
  }
  return [...found.values()];
}

describe("docs/network.md", () => {
  it("[C-6-7.1] names every listening socket of every process, and nothing that does not listen", () => {
    const running = listenersRunning().map(
      ([program, address]) => `${program}: ${address.startsWith("Unix") ? address : address.split(" ")[0]}`,
    );
    expect(running.toSorted()).toEqual(listenersInThePage());
  });

  it("is right that no program of the demonstration is reached from another machine", () => {
    const beyond = listenersRunning().filter(([, address]) => !/^Unix |^TCP (127\.0\.0\.1|::1)$/.test(address));
    expect(beyond).toEqual([]);
  });
});

describe("an intruder", () => {
  const page = readFileSync(join(root, "docs/network.md"), "utf8");
  const [, signs = ""] = /\n## Noticing intruders\n(.*)/s.exec(page) ?? [];
  const logOf = (program: string) => {
    const { log } = stack.processes.list().find(({ name }) => name === program) ?? expect.fail(program);
    return readFileSync(log, "utf8");
  };
  /** Asks for a path over TLS with this certificate, whatever the server's is. */
  const knock = (url: string, certificate: string) =>
    runQuietly(
      "openssl",
      [
        "s_client",
        "-quiet",
        "-connect",
        new URL(url).host,
        "-cert",
        `${certificate}.pem`,
        "-key",
        `${certificate}.key`,
      ],
      { input: `GET ${new URL(url).pathname} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n` },
    );
  let stranger: string;

  beforeAll(async () => {
    stranger = place.state("stranger");
    const subject = ["-subj", "/CN=stranger", "-days", "1", "-nodes", "-newkey", "rsa:2048"];
    await must("openssl", ["req", "-x509", ...subject, "-keyout", `${stranger}.key`, "-out", `${stranger}.pem`]);
  });

  it.each([
    [
      "a certificate of nobody's at the authority",
      "CA006",
      () => knock(stack.authority.url, stranger),
      () => logOf("authority").includes('"code":"CA006"'),
    ],
    [
      "what is no TLS at the responder",
      "RS007",
      () => fetch(`http://127.0.0.1:${new URL(stack.status.responderUrl).port}/ocsp`).catch(() => "refused"),
      () => logOf("responder").includes('"code":"RS007"'),
    ],
    [
      "a list of subscribers, with a certificate of nobody's",
      "RS008",
      () => knock(`${stack.status.responderUrl}/crl/1/121002.crl`, stranger),
      () => logOf("responder").includes('"code":"RS008"'),
    ],
    [
      "a question in a verifier's name, without his key",
      "RS003",
      () => askInTheNameOf(stack.status.verifier.files.cert),
      () => /"code":"RS003".*signatureWrong/.test(logOf("responder")),
    ],
    [
      "a verifier's password in the directory",
      "result code 49",
      () =>
        runQuietly("ldapsearch", ["-x", "-H", stack.directory.url, "-D", stack.status.verifier.bindName, "-w", "a"]),
      () => readFileSync(join(place.state("directory"), "log"), "utf8").includes("err=49"),
    ],
  ])("[C-6-7.1] who tries %s leaves the sign that the page names: %s", async (_what, sign, attempt, isSeen) => {
    expect(signs).toContain(sign);
    expect(isSeen()).toBe(false);
    await attempt();
    await expect.poll(isSeen).toBe(true);
  });

  /** Asks about some certificate, signed with another key than that of the certificate sent along. */
  async function askInTheNameOf(certificateFile: string): Promise<void> {
    const [issuer, holder] = [place.state("governor-1.pem"), certificateFile].map((file) =>
      parseCertificate(new X509Certificate(readFileSync(file)).raw),
    );
    if (issuer === undefined || holder === undefined) throw new Error("no certificate");
    const serial = parseSerialNumber("0123456789abcdef0123456789abcdef") ?? expect.fail();
    const tbs = encodeTbsRequest({ certIds: [makeCertId("sha256", issuer, serial)] });
    const body = assembleOcspRequest(tbs, {
      algorithm: "ecdsa-with-SHA256",
      signature: sign("sha256", tbs, generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey),
      certificates: [holder.der],
    });
    const headers = { "content-type": "application/ocsp-request" };
    await fetch(`${stack.status.plainResponderUrl}/ocsp`, { method: "POST", headers, body: Buffer.from(body) });
  }
});

describe("the firewall's rules in docs/network.md", () => {
  const page = readFileSync(join(root, "docs/network.md"), "utf8");
  const ports = (text: string) =>
    [...text.matchAll(/\d+/g)].map(([port]) => Number(port)).toSorted((one, other) => one - other);

  it("[C-6-7.1] let in from anyone what the table says, and nothing else", () => {
    const rows = [...page.matchAll(/^\| anyone \| public zone \| ([\d, ]+) \|/gm)]
      .map(([, found = ""]) => found)
      .join();
    const [, open = ""] = /^define open = \{ ([\d, ]+) \}$/m.exec(page) ?? [];
    expect(ports(open)).toEqual(ports(rows));
    const accepted = [...page.matchAll(/^ +(.*tcp dport.*) accept$/gm)].map(([, rule]) => rule);
    expect(accepted).toEqual([
      "tcp dport $open",
      "ip saddr $administrators tcp dport 22",
      "ip daddr $authority tcp dport 5432",
    ]);
    expect(page.match(/policy drop;/g)).toHaveLength(3);
  });
});
