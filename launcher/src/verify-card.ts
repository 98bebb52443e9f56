import { writeFile } from "node:fs/promises";
import type { StackPlace } from "./place.ts";
import { must } from "./run-command.ts";
import { CannotGoOn } from "./say.ts";

/** A card whose content other people's tools are to check. */
export interface CardToVerify {
  readonly pcscSocket: string;
  readonly password: string;
}

/** What OpenSC read from the card: PEM files, and the subscriber certificate's serial in lower-case hexadecimal. */
export interface CardContent {
  readonly subscriber: string;
  readonly authority: string;
  readonly serial: string;
}

const OPENSC_MODULE = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/opensc-pkcs11.so`;

/** Has OpenSC read both certificates from the card: the subscriber's with the password, the governor's without. */
export async function readWithOpensc(place: StackPlace, card: CardToVerify): Promise<CardContent> {
  const env = { PCSCLITE_CSOCK_NAME: card.pcscSocket };
  const read = async (name: string, ...args: readonly string[]): Promise<string> => {
    const output = await must("pkcs15-tool", args, env);
    const [pem] = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n/.exec(output) ?? [];
    if (pem === undefined) throw new CannotGoOn(`OpenSC read no ${name} from the card.`, output);
    const file = place.state(`${name}.read.pem`);
    await writeFile(file, pem);
    return file;
  };
  const pin = ["--auth-id", "2", "--verify-pin", "--pin", card.password];
  const subscriber = await read("subscriber", "--read-certificate", "2", ...pin);
  const authority = await read("authority", "--read-certificate", "4");
  const serial = await must("openssl", ["x509", "-in", subscriber, "-noout", "-serial"]);
  return { subscriber, authority, serial: (serial.trim().split("=")[1] ?? "").toLowerCase() };
}

/** Has OpenSC's PKCS#11 module sign with the card's key, and OpenSSL verify that with the certificate's public key. */
export async function signWithOpensc(place: StackPlace, card: CardToVerify, content: CardContent): Promise<void> {
  const env = { PCSCLITE_CSOCK_NAME: card.pcscSocket };
  const message = place.state("message");
  const signature = place.state("signature");
  const publicKey = place.state("subscriber.pub");
  await writeFile(message, "申請書\n");
  await must(
    "pkcs11-tool",
    [
      ...["--module", OPENSC_MODULE, "--slot-index", "1", "--login", "--pin", card.password],
      ...["--sign", "--id", "02", "-m", "SHA256-RSA-PKCS", "-i", message, "-o", signature],
    ],
    env,
  );
  await must("openssl", ["x509", "-in", content.subscriber, "-noout", "-pubkey", "-out", publicKey]);
  await must("openssl", ["dgst", "-sha256", "-verify", publicKey, "-signature", signature, message]);
}

/** What must stand in OpenSSL's reading of the subscriber's certificate, with its source (千葉県運用規程). */
const PROFILE: readonly (readonly [string, RegExp])[] = [
  ["version 3 (4-2-2)", /Version: 3 \(0x2\)/],
  ["signed with SHA-256 and RSA", /Signature Algorithm: sha256WithRSAEncryption/],
  ["issuer is the governor by job title (3-1-2)", /Issuer: .*CN = The Governor of Chiba Prefecture/],
  ["subject says prefecture and municipality only", /Subject: C = JP, L = Chiba-ken, L = Chiba-shi, CN = \S+\n/],
  ["RSA of 2,048 bits", /Public-Key: \(2048 bit\)/],
  ["key usage, critical", /X509v3 Key Usage: critical\s+Digital Signature, Non Repudiation\n/],
  [
    "certificate policy, critical (1-2)",
    /Certificate Policies: critical\s+Policy: 1\.2\.392\.200149\.8\.5\.1\.1\.10\b/,
  ],
  ["six names in subjectAltName (4-2-2)", /Subject Alternative Name:\s+(othername: [^,\n]+(, )?){6}\n/],
  ["distribution point of the municipality", /CRL Distribution Points:[\s\S]*DirName:.*Chiba-shi/],
  ["authority key identifier, key only", /Authority Key Identifier:\s+(keyid:)?[0-9A-F:]+\n/],
  ["subject key identifier", /Subject Key Identifier:/],
];

/** Has OpenSSL check the chain and reads the profile's fields out of its own print of the certificate. */
export async function verifyWithOpenssl(content: CardContent): Promise<void> {
  await must("openssl", ["verify", "-x509_strict", "-CAfile", content.authority, content.subscriber]);
  const text = await must("openssl", ["x509", "-in", content.subscriber, "-noout", "-text"]);
  for (const [what, pattern] of PROFILE)
    if (!pattern.test(text)) throw new CannotGoOn(`OpenSSL does not see this in the certificate: ${what}.`, text);
}
