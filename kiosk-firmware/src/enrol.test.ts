import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { enrolmentCodeKey, enrolmentMac, formatEnrolmentCode } from "@mitome/ca";
import { parseCertificationRequest } from "@mitome/x509";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EquipmentRoot, pem } from "./agent/equipment.fixture.ts";

const TICKET = "0b8f8d5e-5f55-4f43-9d35-0d3a6a4f4f10";
const SECRET = new Uint8Array(16).fill(0x42);

let directory: string;
let root: EquipmentRoot;
let listener: Server;
let url = "";
/** Place that the listener certifies. */
let place = "counter-9";

const rootDer = (): Buffer => new X509Certificate(pem(root.ca)).raw;

/** The authority's answer to a redemption, as its enrolment listener gives it. */
function redeem(body: string): object {
  const { ticketId, csr, mac } = JSON.parse(body);
  const bytes = new Uint8Array(Buffer.from(csr, "base64"));
  const expected = Buffer.from(enrolmentMac(enrolmentCodeKey({ ticketId: TICKET, secret: SECRET }), bytes));
  if (ticketId !== TICKET || mac !== expected.toString("base64")) return { kind: "refused", reason: "ticketNotGood" };
  const certificate = root.certify(parseCertificationRequest(bytes).subjectPublicKeyInfo, "agent", place);
  return { kind: "issued", certificate: certificate.toString("base64"), root: rootDer().toString("base64") };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "enrol-"));
  root = new EquipmentRoot(directory);
  const files = root.issue("authority-server", "ca", { municipality: "-" });
  const tls = { cert: pem(files.cert) + pem(root.ca), key: pem(files.key), minVersion: "TLSv1.3" } as const;
  listener = createServer(tls, (call, answer) => {
    let body = "";
    call.on("data", (part) => {
      body += String(part);
    });
    call.on("end", () => answer.end(JSON.stringify({ result: { data: redeem(body) } })));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  url = `https://localhost:${(listener.address() as AddressInfo).port}`;
});

afterAll(() => {
  listener?.closeAllConnections();
  listener?.close();
  rmSync(directory, { recursive: true });
});

const configuration = (over: { secret?: Uint8Array; rootHash?: Uint8Array } = {}) => ({
  url,
  code: formatEnrolmentCode({
    ticketId: TICKET,
    secret: over.secret ?? SECRET,
    rootHash: over.rootHash ?? createHash("sha256").update(rootDer()).digest(),
  }),
  authority: "chiba",
  municipality: "121002",
  place: "counter-9",
  root: join(directory, "new-root.pem"),
  certificate: join(directory, "new.pem"),
  key: join(directory, "new.key"),
});

/** Runs the program on a configuration. */
async function enrol(entered: object): Promise<string> {
  const file = join(directory, "enrol.json");
  writeFileSync(file, JSON.stringify(entered));
  const program = new URL("enrol.ts", import.meta.url).pathname;
  return (await promisify(execFile)(process.execPath, [program, file])).stdout;
}

const said = (reason: string) => ({ code: 1, stderr: `the machine was not enrolled: ${reason}\n` });

it("writes nothing when the code is wrong, names another root, or is another machine's", async () => {
  const wrong = enrol(configuration({ secret: new Uint8Array(16) }));
  await expect(wrong).rejects.toMatchObject(said("ticketNotGood"));
  const otherRoot = enrol(configuration({ rootHash: new Uint8Array(32) }));
  await expect(otherRoot).rejects.toMatchObject(said("authorityNotRecognised"));
  place = "counter-8";
  await expect(enrol(configuration())).rejects.toMatchObject(said("otherMachine"));
  place = "counter-9";
  const { root: ca, certificate, key } = configuration();
  expect([ca, certificate, key].map(existsSync)).toEqual([false, false, false]);
});

it("gives a new terminal root, certificate and a key that nobody else can read", async () => {
  expect(await enrol(configuration())).toBe('{"enrolled":"counter-9"}\n');
  const { root: ca, certificate, key } = configuration();
  expect(new X509Certificate(pem(certificate)).subjectAltName).toBe(
    "URI:urn:mitome:equipment:chiba:agent:121002:counter-9",
  );
  expect(readFileSync(ca, "utf8")).toBe(new X509Certificate(rootDer()).toString());
  expect(statSync(key).mode & 0o777).toBe(0o600);
});
