/**
 * 千葉県運用規程 1-3-1(10)(11): a 団体署名検証者 asks the responder, and its 署名確認者, who has no access of his own, hears the
 * answer from it and verifies a signature himself, with OpenSSL and nothing but what he was given.
 */
import { execFile } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { assembleOcspRequest, encodeTbsRequest, makeCertId, type SerialNumber } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePeer, serialOf } from "./hierarchy.fixture.ts";
import { admittedFacts, makeWorld, type World } from "./memory-world.fixture.ts";
import type { RunningResponder } from "./start-responder.ts";
import { askerAt } from "./started-responder.fixture.ts";

const run = promisify(execFile);
const body = makePeer("notaries-body");
const notary = makePeer("sato-office");
const subscriber = serialOf("4a00000000000000000000000000000000000001");
const answer = "answer.der";
let world: World;
let running: RunningResponder;
/** Where the 署名確認者 works. */
let office: string;

beforeAll(async () => {
  office = mkdtempSync(join(tmpdir(), "office-"));
  world = makeWorld(() => new Date(), { listeners: [{ kind: "behindProxy", socket: join(office, "socket") }] });
  const listed = { kind: "confirmerListed", confirmer: "sato-office", effectiveAt: new Date("2026-01-02") } as const;
  world.registry.register(body, "notaries-body", { kind: "groupVerifier", facts: [...admittedFacts, listed] });
  world.status.put({ authority: "chiba", generation: 2 }, subscriber);
  running = await world.start();
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const application = Buffer.from("申請書");
  writeFileSync(join(office, "application"), application);
  writeFileSync(join(office, "application.sig"), sign("sha256", application, privateKey));
  writeFileSync(join(office, "applicant.pem"), publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(join(office, "governor.pem"), world.authorities[1].pem.certificate);
});
afterAll(async () => {
  await running.stop();
  world.remove();
  rmSync(office, { recursive: true });
});

const openssl = async (...args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await run("openssl", args, { cwd: office }).catch((error) => error);
  return `${stdout}${stderr}`;
};

async function askAs({ certificate }: typeof body, serial: SerialNumber, confirmer: string): Promise<Buffer> {
  const requestorName = { kind: "directoryName", name: [{ type: "CN", value: confirmer }] } as const;
  const certIds = [makeCertId("sha256", world.authorities[1].certificate, serial)];
  const request = assembleOcspRequest(encodeTbsRequest({ certIds, requestorName }));
  const said = await askerAt(running.listening[0] ?? "", Buffer.from(certificate.der).toString("base64"))(
    "POST",
    request,
  );
  return said.body;
}

describe("署名確認者 (千葉県運用規程 1-3-1(10))", () => {
  const reading = ["ocsp", "-respin", answer, "-sha256", "-issuer", "governor.pem", "-serial", `0x${subscriber}`];

  it("has no access of his own", async () => {
    writeFileSync(join(office, answer), await askAs(notary, subscriber, "sato-office"));
    expect(await openssl("ocsp", "-respin", answer, "-noverify")).toContain("unauthorized");
  });

  it("[C-1-3-1.15] is told by his 団体署名検証者 what the responder answered, believes it by its signature, and verifies the application himself", async () => {
    writeFileSync(join(office, answer), await askAs(body, subscriber, "sato-office"));
    const said = await openssl(...reading, "-no_nonce", "-CAfile", "governor.pem");
    expect(said).toContain("Response verify OK");
    expect(said).toContain(`0x${subscriber}: good`);
    const verified = await openssl(
      ...["dgst", "-sha256", "-verify", "applicant.pem", "-signature", "application.sig", "application"],
    );
    expect(verified).toContain("Verified OK");
  });

  it("is named in the record of the answer, and nobody is answered for who is not listed", async () => {
    await running.stop();
    expect(world.records.stored.map(({ verifierId, confirmer }) => [verifierId, confirmer])).toEqual([
      ["notaries-body", "sato-office"],
    ]);
    running = await world.start();
    writeFileSync(join(office, answer), await askAs(body, subscriber, "suzuki-office"));
    expect(await openssl("ocsp", "-respin", answer, "-noverify")).toContain("unauthorized");
  });
});
