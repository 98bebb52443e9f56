import { execFileSync, spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  cardSubjectPublicKeyInfo,
  JPKI,
  parseGeneratedKey,
  payloadDigest,
  readCertificate,
  SW,
  setPasswordPayload,
} from "@mitome/card";
import { type CardHand, type PcscStack, startCardHand, startPcsc } from "@mitome/testkit/pcsc";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PcscClient } from "../agent/pcsc-client.ts";
import { administer } from "./administer.fixture.ts";
import { FileCardStore } from "./card-memory.ts";
import { testCard } from "./card-scripts.fixture.ts";

// OpenSC's `jpki` driver and OpenSSL know nothing of us: they say whether what is on the card is right.

const PASSWORD = "MITOME2026";
const MODULE = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

let stack: PcscStack;
let hand: CardHand;
let file: (name: string) => string;

beforeAll(async () => {
  stack = await startPcsc();
  file = (name) => join(stack.directory, name);
  mkdirSync(file("cards"));
  const store = new FileCardStore(file("cards/card"));
  store.write(testCard("blank"));
  const [reader = { name: "", cardSocket: "" }] = stack.readers;
  hand = await startCardHand(stack, reader, file("cards/card"));
  await issue();
});

afterAll(async () => {
  await hand?.stop();
  await stack?.stop();
});

const openssl = (words: string): string =>
  execFileSync("openssl", words.split(" "), { encoding: "utf8", stdio: "pipe" });

/** Key, password and both certificates onto the card, through PC/SC. */
async function issue(): Promise<void> {
  const pcsc = new PcscClient({ readerPrefix: "Mitome", pcscSocket: stack.pcscSocket });
  while (pcsc.readersWithCard.length === 0) await new Promise((resolve) => pcsc.once("reader", resolve));
  await pcsc.withCard(pcsc.readersWithCard[0] ?? "", async (card) => {
    const payload = setPasswordPayload(new Uint8Array(16), Buffer.from(PASSWORD));
    const [generated, set] = await administer(card, [
      { name: "generateKey", algorithm: "rsa-2048", caseChallenge: new Uint8Array(32) },
      { name: "setPassword", commitment: payloadDigest(payload), payload },
    ]);
    expect(set?.sw).toBe(SW.ok);
    const spki = cardSubjectPublicKeyInfo(parseGeneratedKey(generated?.data ?? new Uint8Array()).publicKey);
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    writeFileSync(file("card.pub"), publicKey.export({ format: "pem", type: "spki" }));
    openssl(
      `req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /C=JP/CN=Governor -keyout ${file("ca.key")} -out ${file("ca.pem")}`,
    );
    openssl(
      `req -new -newkey rsa:2048 -nodes -subj /C=JP/CN=Subscriber -keyout ${file("unused")} -out ${file("s.csr")}`,
    );
    openssl(
      `x509 -req -in ${file("s.csr")} -force_pubkey ${file("card.pub")} -CA ${file("ca.pem")} -CAkey ${file("ca.key")} -days 9 -out ${file("s.pem")}`,
    );
    const der = (name: string): Uint8Array => {
      openssl(`x509 -in ${file(name)} -outform DER -out ${file("der")}`);
      return new Uint8Array(readFileSync(file("der")));
    };
    await administer(card, [
      { name: "storeAuthorityCertificate", certificate: der("ca.pem") },
      { name: "storeCertificate", certificate: der("s.pem") },
    ]);
    expect(await readCertificate(card, JPKI.file.signatureCertificate)).toEqual(der("s.pem"));
  });
  pcsc.stop();
}

function opensc(command: string, words: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, words.split(" "), {
    encoding: "utf8",
    env: { ...process.env, PCSCLITE_CSOCK_NAME: stack.pcscSocket },
  });
  return { status, output: stdout + stderr };
}

const pemIn = (text: string): string =>
  /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n/.exec(text)?.[0] ?? text;

describe("OpenSC and OpenSSL on our card", () => {
  it("sees a JPKI card", () => {
    expect(opensc("opensc-tool", "--name").output).toContain("jpki\n");
  });

  it("[C-4-3-1.1] reads the subscriber's certificate with the password and the governor's without, and the chain is right", () => {
    const subscriber = opensc("pkcs15-tool", `--read-certificate 2 --auth-id 2 --verify-pin --pin ${PASSWORD}`);
    const governor = opensc("pkcs15-tool", "--read-certificate 4");
    expect(pemIn(subscriber.output)).toBe(readFileSync(file("s.pem"), "utf8"));
    expect(pemIn(governor.output)).toBe(readFileSync(file("ca.pem"), "utf8"));
    writeFileSync(file("read.pem"), pemIn(subscriber.output));
    expect(openssl(`verify -CAfile ${file("ca.pem")} ${file("read.pem")}`)).toContain("OK");
    expect(opensc("pkcs15-tool", "--read-certificate 2").status).not.toBe(0);
  });

  it("[C-6-2-2-5.1] signs with the card's key and the password, and the certificate verifies it", () => {
    writeFileSync(file("message"), "御中");
    const sign = `--module ${MODULE} --slot-index 1 --login --pin ${PASSWORD} --sign --id 02 -m SHA256-RSA-PKCS`;
    const signed = opensc("pkcs11-tool", `${sign} -i ${file("message")} -o ${file("signature")}`);
    expect(signed.status, signed.output).toBe(0);
    openssl(`x509 -in ${file("s.pem")} -pubkey -noout -out ${file("cert.pub")}`);
    const verified = openssl(
      `dgst -sha256 -verify ${file("cert.pub")} -signature ${file("signature")} ${file("message")}`,
    );
    expect(verified).toContain("Verified OK");
  });

  it("[C-2-1-3.16] is told that the card is locked after five wrong passwords", () => {
    const wrong = `--module ${MODULE} --slot-index 1 --login --pin WRONG123 --list-objects`;
    for (let tries = 0; tries < 5; tries++) expect(opensc("pkcs11-tool", wrong).status).not.toBe(0);
    expect(opensc("pkcs15-tool", "--list-pins").output).toMatch(/Digital Signature PIN[\s\S]*Tries left\s*: 0/);
    const right = `--module ${MODULE} --slot-index 1 --login --pin ${PASSWORD} --list-objects`;
    expect(opensc("pkcs11-tool", right).status).not.toBe(0);
  });
});
