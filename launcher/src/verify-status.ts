import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { chibaAuthority, listPointOf, requestMessage } from "@mitome/ca";
import { createCaClient } from "@mitome/ca-api/client";
import { formatDn } from "@mitome/x509";
import { MUNICIPALITY, machineFiles } from "./counter-side.ts";
import { runProgram } from "./programs.ts";
import { must, runQuietly } from "./run-command.ts";
import { CannotGoOn } from "./say.ts";
import type { Stack } from "./stack.ts";
import type { CardContent } from "./verify-card.ts";

/** Has OpenSSL ask the responder as the registered verifier; `expected` stands in what it prints, beside a right signature. */
export async function askStatus({ status }: Stack, content: CardContent, expected: string): Promise<void> {
  const { files } = status.verifier;
  const output = await must("openssl", [
    ...question(status.plainResponderUrl, content),
    "-signer",
    files.cert,
    "-signkey",
    files.key,
  ]);
  requireText(output, "Response verify OK", "OpenSSL does not verify the responder's signature");
  requireText(output, expected, `the responder does not say "${expected}"`);
}

/** 千葉県運用規程 4-4-4-3: whoever did not notify himself gets no answer. */
export async function askAsNobody({ status }: Stack, content: CardContent): Promise<void> {
  const { output } = await runQuietly("openssl", question(status.plainResponderUrl, content));
  requireText(output, "unauthorized", "the responder answers somebody who is not registered");
}

function question(url: string, { authority, subscriber }: CardContent): string[] {
  const certificates = ["-issuer", authority, "-cert", subscriber, "-CAfile", authority];
  return ["ocsp", "-url", `${url}/ocsp`, ...certificates];
}

/** 千葉県運用規程 4-4-2: the municipality's server notifies the authority of a certificate that its holder wants no more. */
export async function revokeAtCounter({ place, authority }: Stack, serial: string): Promise<void> {
  const files = machineFiles(place, "server");
  const [root, certificate, key] = await Promise.all([files.ca, files.cert, files.key].map((file) => readFile(file)));
  if (root === undefined || certificate === undefined || key === undefined)
    throw new CannotGoOn("No server's identity.");
  const payload = Buffer.from(
    JSON.stringify({
      ...{ version: 1, authority: chibaAuthority.id, municipality: MUNICIPALITY, caseId: randomUUID(), clerk: "demo" },
      ...{ requestedAt: new Date().toISOString(), serial, cause: "cessationRequested" },
    }),
  );
  const signing = { key: createPrivateKey(key), dsaEncoding: "ieee-p1363" } as const;
  const signature = sign("sha256", requestMessage("revocation", payload), signing).toString("base64");
  const client = createCaClient({ url: authority.url, root, certificate, key }, () => undefined);
  try {
    const asked = { payload: payload.toString("base64"), signature };
    const answer = await client.calls.revocation.request.mutate(asked);
    if (answer.kind !== "revoked") throw new CannotGoOn(`The certificate was not revoked: ${answer.reason}.`);
  } finally {
    await client.close();
  }
}

/** Has the partition's list issued at once, and waits until the directory has it: the verifier reads it there. */
export async function fetchList(stack: Stack, content: CardContent): Promise<string> {
  await runProgram("apps/ca/src/issue-lists.ts", stack.authority.operatorConfig, MUNICIPALITY);
  for (let tries = 0; tries < 60; tries += 1) {
    const list = await readList(stack, "verifier");
    if (list !== undefined) {
      const text = await must("openssl", ["crl", "-in", list, "-noout", "-text"]);
      if (text.toLowerCase().includes(content.serial)) return list;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new CannotGoOn("The list in the directory does not have the revoked certificate.");
}

/** OpenSSL checks the list's signature and scope, and finds the certificate on it. */
export async function verifyAgainstList({ authority, subscriber }: CardContent, list: string): Promise<void> {
  const check = ["verify", "-x509_strict", "-crl_check", "-CAfile", authority, "-CRLfile", list, subscriber];
  const { output } = await runQuietly("openssl", check);
  requireText(output, "certificate revoked", "OpenSSL does not find the certificate revoked on the list");
}

/** 千葉県運用規程 2-6-3: whoever is not a verifier does not see that there is a list. */
export async function readListAsNobody(stack: Stack): Promise<void> {
  if ((await readList(stack, "nobody")) !== undefined) throw new CannotGoOn("Anybody can read a subscriber list.");
}

/** The list of the counter's municipality as `ldapsearch` gives it, in PEM; `undefined` where it shows none. */
async function readList({ place, directory, status }: Stack, who: "verifier" | "nobody"): Promise<string | undefined> {
  const { bindName, passwordFile } = status.verifier;
  const identity = who === "verifier" ? ["-D", bindName, "-y", passwordFile] : [];
  const point = formatDn(listPointOf(chibaAuthority, { generation: 1, partition: MUNICIPALITY }) ?? []);
  const found = ["-s", "base", "-b", point, "certificateRevocationList;binary"];
  const { output } = await runQuietly("ldapsearch", [
    "-x",
    "-LLL",
    "-o",
    "ldif-wrap=no",
    "-H",
    directory.url,
    ...identity,
    ...found,
  ]);
  const base64 = /^certificateRevocationList;binary:: (.+)$/m.exec(output)?.[1];
  if (base64 === undefined) return undefined;
  const file = place.state("list.crl.pem");
  const body = base64.replace(/.{64}/g, "$&\n");
  await writeFile(file, `-----BEGIN X509 CRL-----\n${body}\n-----END X509 CRL-----\n`);
  return file;
}

function requireText(output: string, text: string, complaint: string): void {
  if (!output.includes(text)) throw new CannotGoOn(`${complaint}.`, ...output.trimEnd().split("\n").slice(-8));
}
