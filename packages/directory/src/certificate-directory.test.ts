import { createServer, type Server } from "node:net";
import { chibaAuthority, RepositoryRefused, RepositoryUnavailable } from "@mitome/ca";
import { chibaPoint } from "@mitome/testkit/repository-contract";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { makeSoftAuthority } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { anyPolicy, type PathName, type PathRequest, PathStore, readPathCertificateList } from "@mitome/x509/path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CertificateDirectoryBounds, ldapCertificateDirectory } from "./certificate-directory.ts";
import { directoryTarget } from "./repository-target.ts";
import { validateByDirectory } from "./validate-by-directory.ts";

const start = new Date("2026-01-02T00:00:00Z");
const { selfSigned, key } = makeSoftAuthority(new Date("2026-01-01T00:00:00Z"), chibaAuthority);
const { issuer } = chibaAuthority;
const list = (number: number) => softList({ issuer, key, number, point: issuer, onlyContains: "caCerts" });
const point = chibaPoint("121002", 1);

/** The name as a list of its holder has it. */
function nameOf(name: typeof issuer): PathName {
  const reading = readPathCertificateList(
    softList({ issuer: name, key, number: 1, point: name, onlyContains: "caCerts" }),
  );
  if (reading.kind === "malformed") throw new RangeError(reading.why);
  return reading.list.issuer;
}
const name = nameOf(issuer);

let served: TestSlapd;
const target = () => directoryTarget("ldap", chibaAuthority, served.slapd.access(chibaAuthority, "publisher"));
const publish = (number: number) => target().publish({ kind: "authorityRevocationLists" }, [list(number)]);

/** A directory and its clock, which stands until it is moved. */
function directoryAt(url: string, bounds: Partial<CertificateDirectoryBounds> = {}) {
  let time = start;
  return {
    ...ldapCertificateDirectory({ url }, () => time, bounds),
    move: (milliseconds: number) => {
      time = new Date(time.getTime() + milliseconds);
    },
  };
}

beforeAll(async () => {
  served = await startTestSlapd({ authorities: [chibaAuthority] });
  await target().publish({ kind: "caCertificates" }, [selfSigned]);
  await publish(1);
});
afterAll(() => served.stop());

describe("certificates and lists by LDAP", () => {
  it("come from the entry of their name", async () => {
    const entry = await directoryAt(served.url).findEntry(name);
    expect(entry?.certificates.map(Buffer.from)).toEqual([Buffer.from(selfSigned)]);
    expect(entry?.lists).toHaveLength(1);
  });

  it("are asked for again after ten minutes, not before", async () => {
    await publish(2);
    const directory = directoryAt(served.url);
    const numbered = async () => (await directory.findEntry(name))?.lists.map((der) => Buffer.from(der));
    expect(await numbered()).toEqual([Buffer.from(list(2))]);
    await publish(3);
    directory.move(599_999);
    expect(await numbered()).toEqual([Buffer.from(list(2))]);
    directory.move(1);
    expect(await numbered()).toEqual([Buffer.from(list(3))]);
  });

  it("are asked for at every time once their nextUpdate is past", async () => {
    const directory = directoryAt(served.url);
    directory.move(3 * 86_400_000);
    await publish(4);
    await directory.findEntry(name);
    await publish(5);
    expect((await directory.findEntry(name))?.lists.map(Buffer.from)).toEqual([Buffer.from(list(5))]);
  });

  it("are absent where there is no entry or none to be seen, and absence is asked about again after a minute", async () => {
    const object = { kind: "certificateRevocationList", point } as const;
    await target().publish(object, [softList({ issuer, key, number: 1, point, onlyContains: "userCerts" })]);
    const directory = directoryAt(served.url);
    const nowhere = nameOf([...issuer.slice(0, -1), { type: "CN", value: "Nobody" }]);
    for (const missing of [nowhere, nameOf(point)]) expect(await directory.findEntry(missing)).toBeUndefined();
    await served.halt();
    directory.move(59_999);
    expect(await directory.findEntry(nowhere)).toBeUndefined();
    directory.move(1);
    await expect(directory.findEntry(nowhere)).rejects.toThrow(RepositoryUnavailable);
    await served.resume();
    expect(await directory.findEntry(nowhere)).toBeUndefined();
  });

  it("are never taken from the server's own entry, whose name is empty", async () => {
    const empty = { ...name, relativeNames: [], key: "", text: "" };
    expect(await directoryAt(served.url).findEntry(empty)).toBeUndefined();
  });
});

describe("a failure is no absence", () => {
  it("when the answer is longer than allowed: no part of an entry is taken", async () => {
    const directory = directoryAt(served.url, { answerOctets: 500 });
    await expect(directory.findEntry(name)).rejects.toThrow("an answer of more than 500 octets");
  });

  it("when the answer has more lines than allowed", async () => {
    // The name, the certificate, the list and an empty line.
    expect(await directoryAt(served.url, { answerLines: 4 }).findEntry(name)).toBeDefined();
    const strict = directoryAt(served.url, { answerLines: 3 });
    await expect(strict.findEntry(name)).rejects.toThrow("an answer of more than 3 lines");
  });

  it("when the server has no place for such a name, or the name is longer than any", async () => {
    const foreign = { ...name, key: "foreign", text: "1.2.3.4.5=Nobody" };
    const long = { ...name, key: "long", text: `CN=${"A".repeat(4_094)}` };
    for (const odd of [foreign, long])
      await expect(directoryAt(served.url).findEntry(odd)).rejects.toThrow(RepositoryRefused);
  });

  it("and is not remembered", async () => {
    const directory = directoryAt(served.url);
    await served.halt();
    await expect(directory.findEntry(name)).rejects.toThrow(RepositoryUnavailable);
    await served.resume();
    expect(await directory.findEntry(name)).toBeDefined();
  });
});

describe("validation with a directory that fails", () => {
  const request = (): PathRequest => ({
    trustAnchors: [selfSigned],
    target: selfSigned,
    store: new PathStore(),
    time: start,
    revocation: "required",
    userInitialPolicySet: [anyPolicy],
    initialExplicitPolicy: false,
    initialPolicyMappingInhibit: false,
    initialAnyPolicyInhibit: false,
    initialSubtrees: { permittedSubtrees: [], excludedSubtrees: [] },
  });

  it("is undetermined and says which entry could not be had", async () => {
    const other = makeSoftAuthority(new Date("2026-01-01T00:00:00Z"), chibaAuthority);
    const stranger = { ...request(), trustAnchors: [other.equipmentRoot], target: selfSigned };
    await expect(validateByDirectory(stranger, directoryAt(served.url))).resolves.toMatchObject({
      kind: "invalid",
      rejection: { reason: "noIssuer" },
    });
    await served.halt();
    try {
      const directory = directoryAt(served.url);
      for (const asked of [stranger, request()])
        await expect(validateByDirectory(asked, directory)).resolves.toMatchObject({
          kind: "undetermined",
          rejection: { message: expect.stringContaining("cannot be had: ") },
        });
    } finally {
      await served.resume();
    }
  });

  it("does not hide an error that is none of the directory", async () => {
    const findEntry = () => Promise.reject(new RangeError("a mistake"));
    await expect(validateByDirectory(request(), { findEntry })).rejects.toThrow("a mistake");
  });

  it("tells what was left out of an entry", async () => {
    const entry = {
      ...{ certificates: [], crossCertificatePairs: [], lists: [], nextUpdates: [], notAfters: [], octets: 0 },
      leftOut: ["a value of certificateRevocationList: cut short"],
    };
    const verdict = await validateByDirectory(request(), { findEntry: async () => entry });
    expect(verdict).toMatchObject({
      kind: "undetermined",
      rejection: {
        message: expect.stringContaining(`certificateRevocationList: cut short in the entry of ${name.text}`),
      },
    });
  });
});

describe("a server that never answers", () => {
  let silent: Server;
  let connections = 0;
  let most = 0;
  beforeAll(async () => {
    silent = createServer((socket) => {
      connections += 1;
      most = Math.max(most, connections);
      socket.on("close", () => {
        connections -= 1;
      });
      socket.on("error", () => {});
      socket.resume();
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => silent.close());

  it("is given up in time, is asked few questions at once, and the same one once", async () => {
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const directory = directoryAt(`ldap://127.0.0.1:${port}`, { questions: 2, timeout: 300 });
    const names = ["a", "a", "b", "c"].map((key) => ({ ...name, key }));
    const answers = await Promise.allSettled(names.map((one) => directory.findEntry(one)));
    const reasons = answers.map((answer) => (answer.status === "rejected" ? answer.reason : undefined));
    for (const reason of reasons) expect(reason).toBeInstanceOf(RepositoryUnavailable);
    expect(reasons[0]).toBe(reasons[1]);
    expect(most).toBe(2);
  });
});
