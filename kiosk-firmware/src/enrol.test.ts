import { createHash, createHmac, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCertificationRequest } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EquipmentRoot, pem } from "./agent/equipment.fixture.ts";
import { enrol } from "./enrol.ts";

const TICKET = "0b8f8d5e-5f55-4f43-9d35-0d3a6a4f4f10";
const NOW = new Date();

let directory: string;
let root: EquipmentRoot;
let listener: Server;
let url = "";
let codeOnRecord = "";
/** Place that the listener certifies. */
let place = "counter-9";

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "enrol-"));
  root = new EquipmentRoot(directory);
  codeOnRecord = `ub7Rr3mZKQ0l2m8c1vX4wg.${createHash("sha256")
    .update(new X509Certificate(pem(root.ca)).raw)
    .digest("base64url")}`;
  const files = root.issue("authority-server", "ca", { municipality: "-" });
  listener = createServer({ cert: pem(files.cert), key: pem(files.key), minVersion: "TLSv1.3" }, (call, answer) => {
    let body = "";
    call.on("data", (part) => {
      body += String(part);
    });
    call.on("end", () => {
      const { ticketId, csr, mac } = JSON.parse(body);
      const codeKey = createHash("sha256").update(codeOnRecord).digest();
      const bytes = Buffer.from(csr, "base64");
      const expected = createHmac("sha256", codeKey).update("mitome-enrolment-v1\0").update(bytes).digest("base64");
      const right = call.url === "/enrolment.redeem" && ticketId === TICKET && mac === expected;
      const certified = () =>
        root.certify(parseCertificationRequest(new Uint8Array(bytes)).subjectPublicKeyInfo, "agent", place);
      const data = right
        ? {
            kind: "issued",
            certificate: certified().toString("base64"),
            root: new X509Certificate(pem(root.ca)).raw.toString("base64"),
          }
        : { kind: "refused", reason: "ticketNotGood" };
      answer.end(JSON.stringify({ result: { data } }));
    });
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

const configuration = (code = codeOnRecord) => ({
  url,
  equipmentRoot: root.ca,
  authority: "chiba",
  kind: "agent",
  municipality: "121002",
  place: "counter-9",
  ticketId: TICKET,
  code,
  cert: join(directory, "new.pem"),
  key: join(directory, "new.key"),
});

describe("enrolment by one-time code", () => {
  it("writes no file when the code is wrong, for another root, or answered with another's certificate", async () => {
    const other = codeOnRecord.replace(/^./, "X");
    expect(await enrol(configuration(other), NOW)).toEqual({ kind: "refused", reason: "ticketNotGood" });
    const otherRoot = `ub7Rr3mZKQ0l2m8c1vX4wg.${"A".repeat(43)}`;
    expect(await enrol(configuration(otherRoot), NOW)).toEqual({ kind: "refused", reason: "otherRoot" });
    place = "counter-8";
    expect(await enrol(configuration(), NOW)).toEqual({ kind: "refused", reason: "notWhatWasAsked" });
    place = "counter-9";
    expect(existsSync(configuration().key)).toBe(false);
  });

  it("gets a certificate for its own key, which nobody else can read", async () => {
    expect(await enrol(configuration(), NOW)).toEqual({ kind: "enrolled" });
    const certificate = new X509Certificate(pem(configuration().cert));
    expect(certificate.subjectAltName).toBe("URI:urn:mitome:equipment:chiba:agent:121002:counter-9");
    expect(statSync(configuration().key).mode & 0o777).toBe(0o600);
  });
});
