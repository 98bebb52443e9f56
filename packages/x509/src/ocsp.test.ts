import { spawnSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assembleCertificate, type Certificate, encodeTbsCertificate, parseCertificate } from "./certificate.ts";
import { parseDamaged } from "./damaged-der.fixture.ts";
import { brandDer, MalformedDer } from "./der.ts";
import { contextConstructed, objectIdentifier, octetString, sequence } from "./der-writer.ts";
import { encodeName } from "./distinguished-name.ts";
import { basicConstraints, type Extension, encodeExtension, extensionOids, keyUsage } from "./extensions.ts";
import { type CertIdHash, makeCertId } from "./ocsp-cert-id.ts";
import { assembleOcspRequest, encodeTbsRequest, mostOcspQuestions, parseOcspRequest } from "./ocsp-request.ts";
import {
  assembleOcspResponse,
  encodeOcspResponseData,
  type OcspCertStatus,
  type OcspError,
  ocspError,
  ocspErrorCodes,
} from "./ocsp-response.ts";
import { parseOcspResponse } from "./parse-ocsp-response.ts";
import { parseSerialNumber, type SerialNumber } from "./serial-number.ts";
import { keyIdentifier } from "./subject-public-key-info.ts";
import { verifySignature } from "./verify-signature.ts";

const serialOf = (hex: string): SerialNumber => parseSerialNumber(hex) ?? expect.unreachable(hex);
const second = (instant: number) => new Date(Math.floor(instant / 1000) * 1000);
const now = second(Date.now());

interface Holder {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}
const issuerName = [
  { type: "C", value: "JP" },
  { type: "CN", value: "OCSP test authority" },
] as const;

function certify(commonName: string, serial: string, extensions: readonly Extension[], by?: Holder): Holder {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const tbs = encodeTbsCertificate({
    serialNumber: serialOf(serial),
    signatureAlgorithm: "ecdsa-with-SHA256",
    issuer: issuerName,
    validity: { notBefore: second(now.getTime() - 60_000), notAfter: second(now.getTime() + 86_400_000) },
    subject: [issuerName[0], { type: "CN", value: commonName }],
    subjectPublicKeyInfo: brandDer(publicKey.export({ type: "spki", format: "der" })),
    extensions,
  });
  const signature = sign("sha256", tbs, by?.privateKey ?? privateKey);
  return { certificate: parseCertificate(assembleCertificate(tbs, "ecdsa-with-SHA256", signature)), privateKey };
}

const authority = certify("OCSP test authority", "01", [basicConstraints(), keyUsage(["keyCertSign", "cRLSign"])]);
const ocspSigning = sequence(objectIdentifier("1.3.6.1.5.5.7.3.9"));
const responder = certify(
  "Responder",
  "02",
  [{ oid: extensionOids.extKeyUsage, critical: false, value: ocspSigning }],
  authority,
);
const verifier = certify("Verifier", "03", [keyUsage(["digitalSignature"])], authority);
const subscribers = ["7f00000001", "00ff0000000000000000000000000000000000"].map((serial) =>
  certify("Subscriber", serial.replace(/^00/, ""), [keyUsage(["digitalSignature"])], authority),
);

let directory: string;
const path = (name: string) => join(directory, name);
/** What OpenSSL says, well or ill. */
const openssl = (...args: readonly string[]) => {
  const { stdout, stderr } = spawnSync("openssl", ["ocsp", ...args], { cwd: directory, encoding: "utf8" });
  return stdout + stderr;
};

const pem = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64")}\n-----END ${label}-----\n`;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "ocsp-"));
  for (const [name, holder] of Object.entries({ authority, responder, verifier })) {
    writeFileSync(path(`${name}.pem`), pem("CERTIFICATE", holder.certificate.der));
    writeFileSync(path(`${name}.key`), holder.privateKey.export({ type: "pkcs8", format: "pem" }));
  }
  subscribers.forEach(({ certificate }, at) => {
    writeFileSync(path(`subscriber${at}.pem`), pem("CERTIFICATE", certificate.der));
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

const certIdOf = (holder: Holder, hash: CertIdHash = "sha1") =>
  makeCertId(hash, authority.certificate, holder.certificate.serialNumber);
const asksAbout = (...holders: readonly Holder[]) =>
  assembleOcspRequest(encodeTbsRequest({ certIds: holders.map((holder) => certIdOf(holder)) }));

function answer(statuses: readonly OcspCertStatus[], nonce?: Uint8Array) {
  const nextUpdate = new Date(now.getTime() + 300_000);
  const tbs = encodeOcspResponseData({
    responderKeyHash: keyIdentifier(responder.certificate.subjectPublicKeyInfo),
    producedAt: now,
    responses: statuses.map((certStatus, at) => ({
      certId: certIdOf(subscribers[at] ?? expect.unreachable()),
      ...{ certStatus, thisUpdate: now, nextUpdate },
    })),
    nonce,
  });
  const signature = sign("sha256", tbs, responder.privateKey);
  return assembleOcspResponse(tbs, "ecdsa-with-SHA256", signature, [responder.certificate.der]);
}

describe("OCSP requests (RFC 6960 §4.1)", () => {
  it.each(["sha1", "sha256"] as const)(
    "are read as OpenSSL makes them, by %s, several certificates, with a nonce",
    (hash) => {
      const certificates = subscribers.flatMap((_, at) => ["-cert", `subscriber${at}.pem`]);
      openssl(`-${hash}`, "-issuer", "authority.pem", ...certificates, "-nonce", "-reqout", path("request"));
      const request = parseOcspRequest(readFileSync(path("request")));
      expect(request.questions.map(({ certId }) => certId)).toStrictEqual(
        subscribers.map((one) => certIdOf(one, hash)),
      );
      expect(request.nonce).toHaveLength(18);
      expect(request.signature).toBeUndefined();
    },
  );

  it("are read when OpenSSL signs them, and the signature is over what is called tbsRequest", () => {
    const signer = ["-signer", "verifier.pem", "-signkey", "verifier.key"];
    openssl("-issuer", "authority.pem", "-cert", "subscriber0.pem", ...signer, "-reqout", path("signed"));
    const { signature, requestorName } = parseOcspRequest(readFileSync(path("signed")));
    expect(requestorName).toEqual(contextConstructed(4, encodeName(verifier.certificate.subject)));
    expect(signature?.certificates).toEqual([verifier.certificate.der]);
    const { tbsRequest = new Uint8Array(), algorithm = "sha1WithRSAEncryption", signature: value } = signature ?? {};
    const key = verifier.certificate.subjectPublicKeyInfo;
    expect(verifySignature(key, algorithm, tbsRequest, value ?? new Uint8Array())).toBe(true);
  });

  it("are read by OpenSSL when we make and sign them", () => {
    const requestorName = { kind: "directoryName", name: verifier.certificate.subject } as const;
    const tbs = encodeTbsRequest({
      requestorName,
      certIds: subscribers.map((one) => certIdOf(one)),
      nonce: Buffer.alloc(32, 7),
    });
    const signature = sign("sha256", tbs, verifier.privateKey);
    const certificates = [verifier.certificate.der];
    const request = assembleOcspRequest(tbs, { algorithm: "ecdsa-with-SHA256", signature, certificates });
    writeFileSync(path("ours"), request);
    const text = openssl("-reqin", path("ours"), "-req_text");
    expect(text).toContain("Requestor Name: DirName:C = JP, CN = Verifier");
    expect(text).toContain("Serial Number: 7F00000001");
    expect(text).toContain(`0420${"07".repeat(32)}`.toUpperCase());
    expect(parseOcspRequest(request)).toMatchObject({ signature: { tbsRequest: tbs, certificates } });
  });

  it.each([
    ["an OCTET STRING of 1 octet", octetString(Buffer.alloc(1)), true],
    ["an OCTET STRING of 128 octets", octetString(Buffer.alloc(128)), true],
    ["an OCTET STRING of none", octetString(Buffer.alloc(0)), false],
    ["an OCTET STRING of 129 octets", octetString(Buffer.alloc(129)), false],
    ["unstructured octets, as RFC 2560 had them", Buffer.from("0123456789abcdef"), true],
    ["129 unstructured octets", Buffer.alloc(129, 0x30), false],
    ["nothing", Buffer.alloc(0), false],
  ])("may carry a nonce that is %s: %#", (_, value, read) => {
    const nonce = encodeExtension({ oid: "1.3.6.1.5.5.7.48.1.2", critical: false, value });
    const list = sequence(sequence(certIdOf(verifier).encoded));
    const request = sequence(sequence(list, contextConstructed(2, sequence(nonce))));
    if (read) expect(parseOcspRequest(request).nonce).toEqual(value);
    else expect(() => parseOcspRequest(request)).toThrow(MalformedDer);
  });

  it("may ask about a number that no certificate has", () => {
    const { encoded } = certIdOf(subscribers[0] ?? expect.unreachable());
    for (const serial of [[0x00], [0xff], [0x80, 0x00], Array(21).fill(0x11)]) {
      const fields = sequence(encoded.subarray(2, encoded.length - 7), Uint8Array.of(0x02, serial.length, ...serial));
      const [question] = parseOcspRequest(sequence(sequence(sequence(sequence(fields))))).questions;
      expect(question?.certId).toMatchObject({ serialNumber: undefined, encoded: fields });
    }
  });

  it("are refused without a question, with too many, with a version written out, with two nonces", () => {
    const one = sequence(certIdOf(verifier).encoded);
    const nonce = encodeExtension({
      oid: "1.3.6.1.5.5.7.48.1.2",
      critical: false,
      value: octetString(Buffer.alloc(8)),
    });
    const version = contextConstructed(0, Uint8Array.of(2, 1, 0));
    const many = (count: number) => sequence(sequence(sequence(...Array<Uint8Array>(count).fill(one))));
    expect(parseOcspRequest(many(mostOcspQuestions)).questions).toHaveLength(mostOcspQuestions);
    const wrong = [many(0), many(mostOcspQuestions + 1), sequence(sequence(version, sequence(one)))];
    wrong.push(sequence(sequence(sequence(one), contextConstructed(2, sequence(nonce, nonce)))));
    for (const request of wrong) expect(() => parseOcspRequest(request)).toThrow(MalformedDer);
  });

  it("never make the reader throw anything but MalformedDer, however they are changed", () => {
    const samples = [asksAbout(...subscribers), readFileSync(path("request")), readFileSync(path("signed"))];
    parseDamaged([parseOcspRequest], samples, 20_000);
  });
});

describe("OCSP responses (RFC 6960 §4.2)", () => {
  const revoked = {
    kind: "revoked",
    revocationTime: second(now.getTime() - 30_000),
    revocationReason: "superseded",
  } as const;

  it("are verified and understood by OpenSSL, the nonce compared", () => {
    const certificates = subscribers.flatMap((_, at) => ["-cert", `subscriber${at}.pem`]);
    openssl("-issuer", "authority.pem", ...certificates, "-nonce", "-reqout", path("asked"));
    const { nonce } = parseOcspRequest(readFileSync(path("asked")));
    writeFileSync(path("answer"), answer([{ kind: "good" }, revoked], nonce));
    const question = ["-issuer", "authority.pem", ...certificates, "-reqin", path("asked"), "-no_nonce"];
    const text = openssl(...question, "-respin", path("answer"), "-CAfile", "authority.pem", "-resp_text");
    expect(text).toContain("subscriber0.pem: good");
    expect(text).toMatch(/subscriber1.pem: revoked\n.*\n.*\n\tReason: superseded/);
    expect(text).toContain("Responder Id: ");
  });

  it("are read back as they were made", () => {
    const statuses = [revoked, { kind: "unknown" }] as const;
    const response = parseOcspResponse(answer(statuses, octetString(Buffer.alloc(16, 3))));
    if (response.kind !== "basic") return expect.unreachable();
    expect(response.responses.map(({ certStatus }) => certStatus)).toStrictEqual(statuses);
    expect(response).toMatchObject({ producedAt: now, nonce: octetString(Buffer.alloc(16, 3)) });
    expect(response.responderId).toEqual({
      kind: "byKey",
      keyHash: keyIdentifier(responder.certificate.subjectPublicKeyInfo),
    });
    expect(response.responses[0]).toMatchObject({ thisUpdate: now, nextUpdate: new Date(now.getTime() + 300_000) });
  });

  it("are read as OpenSSL makes them", () => {
    writeFileSync(path("index.txt"), "V\t491231235959Z\t\t7F00000001\tunknown\t/CN=Subscriber\n");
    writeFileSync(path("plain"), asksAbout(...subscribers));
    const signer = ["-rsigner", "responder.pem", "-rkey", "responder.key"];
    openssl(
      "-index",
      "index.txt",
      "-CA",
      "authority.pem",
      ...signer,
      "-reqin",
      path("plain"),
      "-respout",
      path("theirs"),
    );
    const response = parseOcspResponse(readFileSync(path("theirs")));
    if (response.kind !== "basic") return expect.unreachable();
    expect(response.responses.map(({ certStatus }) => certStatus.kind)).toStrictEqual(["good", "unknown"]);
    const { signatureAlgorithm, tbs, signature, responderId } = response;
    expect(verifySignature(responder.certificate.subjectPublicKeyInfo, signatureAlgorithm, tbs, signature)).toBe(true);
    expect(responderId).toEqual({ kind: "byName", name: responder.certificate.encodedSubject });
  });

  it.each(Object.entries(ocspErrorCodes))("say %s (%i) to OpenSSL", (error, code) => {
    writeFileSync(path("error"), ocspError(error as OcspError));
    const said = openssl("-issuer", "authority.pem", "-cert", "subscriber0.pem", "-respin", path("error"));
    expect(said).toContain(`Responder Error: ${error.toLowerCase()} (${code})`);
    expect(parseOcspResponse(readFileSync(path("error")))).toStrictEqual({ kind: "error", error });
  });

  it("have whole seconds", () => {
    const fraction = { kind: "revoked", revocationTime: new Date(1), revocationReason: undefined } as const;
    expect(() => answer([fraction])).toThrow(RangeError);
  });

  it("never make the reader throw anything but MalformedDer, however they are changed", () => {
    const made = answer([{ kind: "good" }, revoked], octetString(Buffer.alloc(16)));
    parseDamaged([parseOcspResponse], [made, readFileSync(path("theirs"))], 20_000);
  });
});
