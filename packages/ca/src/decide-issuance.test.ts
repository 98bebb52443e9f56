import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  makeSoftAuthority,
  makeSoftKey,
  parsedRequest,
  type RequestPayload,
  requestPayload,
  type SoftAuthority,
  softSign,
  testSerial,
} from "@mitome/testkit/soft-authority";
import { type Der, extensionOids, formatDn, parseCertificate, parseGeneralNames } from "@mitome/x509";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chibaAuthority, chibaPracticeAuthority } from "./authorities/chiba.ts";
import type { AuthorityDefinition } from "./authority-definition.ts";
import { decideIssuance, type IssuanceContext } from "./decide-issuance.ts";
import { decideSelfSigned } from "./decide-self-signed.ts";
import { itemsOf, uniqueNameFromRandom } from "./profiles/subscriber.ts";
import { signatureSuites } from "./signature-suite.ts";

const at = new Date("2026-11-22T03:00:00.500Z");
const authority = makeSoftAuthority(at, chibaAuthority);
const subscriberKey = makeSoftKey({ kind: "rsa", bits: 2048 });
const spki = subscriberKey.subjectPublicKeyInfo;

function contextOf(of: SoftAuthority, changes: Partial<IssuanceContext> = {}): IssuanceContext {
  return {
    definition: of.definition,
    generation: of.generation,
    callerMunicipality: "121002",
    now: at,
    serial: testSerial(7),
    uniqueName: uniqueNameFromRandom(new Uint8Array(16).fill(9)),
    ...changes,
  };
}

function issue(of: SoftAuthority, payload: RequestPayload, changes: Partial<IssuanceContext> = {}): Der<"Certificate"> {
  const decision = decideIssuance(parsedRequest({ ...payload, authority: of.definition.id }), contextOf(of, changes));
  if (decision.kind === "refused") throw new Error(JSON.stringify(decision));
  return softSign(of.key, decision.tbs, decision.signatureAlgorithm);
}

function itemsWith(changes: RequestPayload): RequestPayload {
  const { items } = requestPayload(spki, at);
  return { items: { ...(items as RequestPayload), ...changes } };
}

function refusal(changes: RequestPayload, context: Partial<IssuanceContext> = {}) {
  const request = parsedRequest(requestPayload(spki, at, { authority: "chiba", ...changes }));
  return decideIssuance(request, contextOf(authority, context));
}

const showText = (certificate: Uint8Array) =>
  execFileSync("openssl", ["x509", "-inform", "der", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"], {
    input: certificate,
    encoding: "utf8",
  });

/** `openssl verify` of a certificate under a self-signed one, on the day of the issue. */
function opensslVerify(root: Uint8Array, leaf: Uint8Array, ...options: readonly string[]): string {
  const home = mkdtempSync(join(tmpdir(), "mitome-chain-"));
  try {
    const pem = (name: string, der: Uint8Array) => {
      const path = join(home, name);
      writeFileSync(path, new X509Certificate(der).toString());
      return path;
    };
    const when = String(at.getTime() / 1000 + 3600).replace(/\..*/, "");
    const args = ["verify", "-x509_strict", "-check_ss_sig", "-attime", when, ...options];
    return execFileSync("openssl", [...args, "-CAfile", pem("root", root), pem("leaf", leaf)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

describe("千葉県運用規程 7-1-1: what a subscriber certificate says", () => {
  const certificate = issue(authority, requestPayload(spki, at));
  const shown = showText(certificate);
  const parsed = parseCertificate(certificate);

  it("[C-7-1-1.1] [C-4-2-2.1] has the fields of the profile, as OpenSSL reads them", () => {
    const serial = testSerial(7).match(/../g)?.join(":") ?? "";
    for (const line of [
      "Version: 3 (0x2)",
      `            ${serial}`,
      "Signature Algorithm: sha256WithRSAEncryption",
      "Issuer: CN=The Governor of Chiba Prefecture,O=Chiba Prefectural Government,C=JP",
      "Not Before: Nov 22 03:00:00 2026 GMT",
      "Not After : Nov 21 14:59:59 2029 GMT",
      "Public-Key: (2048 bit)",
      "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n",
      "X509v3 Certificate Policies: critical\n                Policy: 1.2.392.200149.8.5.1.1.10\n",
      "DirName:C = JP, O = Chiba Prefectural Government, OU = CRL Distribution Points, OU = Key Generation 1, CN = Chiba-shi CRLDP",
      "othername: 1.2.392.200149.8.5.5.1::山田　花子, othername: 1.2.392.200149.8.5.5.4::319801231, othername: 1.2.392.200149.8.5.5.3::2, othername: 1.2.392.200149.8.5.5.5::千葉県千葉市中央区市場町１－１, othername: 1.2.392.200149.8.5.5.2::00000, othername: 1.2.392.200149.8.5.5.6::000000000000000",
    ]) {
      expect(shown).toContain(line);
    }
    expect(Buffer.from(parsed.subjectPublicKeyInfo)).toEqual(Buffer.from(spki));
  });

  it("[C-1-2.1] carries the one policy, critical, and the practice authority's the test policy [C-1-2.2]", () => {
    expect(shown.match(/Policy: .*/g)).toEqual(["Policy: 1.2.392.200149.8.5.1.1.10"]);
    const practice = makeSoftAuthority(at, chibaPracticeAuthority);
    const test = showText(issue(practice, requestPayload(spki, at)));
    expect(test.match(/Policy: .*/g)).toEqual(["Policy: 1.2.392.200149.8.5.1.0.10"]);
  });

  it("[C-3-1-1.1] [C-3-1-3.1] names issuer and subject by X.500 DNs, which OpenSSL reads attribute by attribute", () => {
    const name = uniqueNameFromRandom(new Uint8Array(16).fill(9));
    expect(shown).toContain(`Subject: CN=${name},L=Chiba-shi,L=Chiba-ken,C=JP`);
    expect(formatDn(parsed.issuer)).toBe(formatDn(chibaAuthority.issuer));
  });

  it("[C-3-1-2.2] [C-4-2-2.2] records the four items and the two flags in subjectAltName, and nowhere else", () => {
    const names = parsed.extensions.find(({ oid }) => oid === extensionOids.subjectAltName);
    expect(names?.critical).toBe(false);
    expect(itemsOf(parseGeneralNames(names?.value ?? new Uint8Array()))).toEqual(
      requestPayload(spki, at).items as object,
    );
    const elsewhere = Buffer.from(certificate).toString("utf8").split("山田").length - 1;
    expect(elsewhere).toBe(1);
  });

  it("[C-3-1-7.1] records 漢字, ひらがな, カタカナ, alphabet and digits, and a 通称 beside the name", () => {
    const name = "ＳＭＩＴＨ　ＪＯＨＮ（山田　じょん）";
    const address = "千葉県いすみ市ミサキ３丁目Ａ－１０１";
    const flags = (text: string) => "0".repeat([...text].length);
    const payload = requestPayload(
      spki,
      at,
      itemsWith({ name, address, nameSubstitutions: flags(name), addressSubstitutions: flags(address) }),
    );
    const text = showText(issue(authority, payload));
    expect(text).toContain(`.5.1::${name},`);
    expect(text).toContain(`.5.5::${address},`);
    expect(text).toContain(".5.4::319801231,");
    expect(text).toContain(".5.3::2,");
  });

  it("says the same to OpenSSL for any items", () => {
    // 漢字 of JIS X 0208 and of JIS X 0212 (丂, 鄧), kana, full-width letters and digits.
    const text = (maxLength: number) =>
      fc
        .array(fc.constantFrom(..."山田鷗邉齋丂鄧々ァヴぁんＡｚ０９－ー　（）"), { minLength: 1, maxLength })
        .map((characters) => characters.join(""));
    const flags = (of: string) => "01".repeat(of.length).slice(0, of.length);
    const items = fc.record({
      name: text(40),
      address: text(200),
      gender: fc.constantFrom("1", "2", "3"),
      dateOfBirth: fc.constantFrom("119120729", "219200229", "000000000", "520240000", "019640100"),
    });
    fc.assert(
      fc.property(items, ({ name, address, gender, dateOfBirth }) => {
        const marks = { nameSubstitutions: flags(name), addressSubstitutions: flags(address) };
        const given = itemsWith({ name, address, gender, dateOfBirth, ...marks });
        const values = [name, dateOfBirth, gender, address, marks.nameSubstitutions, marks.addressSubstitutions];
        const expected = values.map((value, index) => `othername: 1.2.392.200149.8.5.5.${"143526"[index]}::${value}`);
        expect(showText(issue(authority, requestPayload(spki, at, given)))).toContain(expected.join(", "));
      }),
      { seed: 20261122, numRuns: 40 },
    );
  });

  it("[C-3-1-8.3] records where substitute characters stand, one digit for each character", () => {
    const payload = requestPayload(spki, at, itemsWith({ name: "高橋　花子", nameSubstitutions: "10000" }));
    expect(showText(issue(authority, payload))).toContain("1.2.392.200149.8.5.5.2::10000");
  });

  it("[C-6-1-2-5.1] lets the subscriber's key sign and do nothing else", () => {
    expect(shown).toContain("X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n");
    expect(shown).not.toContain("Encipherment");
  });

  it("[C-3-1-4.1] gives every certificate a subject of its own, also the same resident's next one", () => {
    const names = Array.from({ length: 1000 }, (_, index) =>
      uniqueNameFromRandom(createHash("md5").update(String(index)).digest()),
    );
    expect(new Set(names).size).toBe(1000);
    const next = issue(authority, requestPayload(spki, at), { uniqueName: names[1] ?? "", serial: testSerial(8) });
    expect(formatDn(parseCertificate(next).subject)).not.toBe(formatDn(parsed.subject));
  });

  it("[C-6-3-2.1] ends with the three years of its key", () => {
    const keyGeneratedAt = new Date(at.getTime() - 2 * 86_400_000).toISOString();
    const older = parseCertificate(issue(authority, requestPayload(spki, at, { keyGeneratedAt })));
    expect(older.validity.notAfter).toEqual(new Date("2029-11-19T14:59:59Z"));
  });
});

describe("千葉県運用規程 7-1-3: the governor's self-signed certificate", () => {
  it("[C-2-1-2.3] [C-7-1-3.1] [C-6-1-1-2.1] is verified by OpenSSL, lasts ten years and holds the key of 2,048 bits", () => {
    expect(opensslVerify(authority.selfSigned, authority.selfSigned)).toContain("OK");
    const shown = showText(authority.selfSigned);
    expect(shown).toContain("Not Before: Nov 22 03:00:00 2026 GMT");
    expect(shown).toContain("Not After : Nov 21 14:59:59 2036 GMT");
    expect(shown).toContain("Public-Key: (2048 bit)");
    const parsed = parseCertificate(authority.selfSigned);
    expect(Buffer.from(parsed.subjectPublicKeyInfo)).toEqual(Buffer.from(authority.key.subjectPublicKeyInfo));
    expect(formatDn(parsed.subject)).toBe(formatDn(parsed.issuer));
  });

  it("[C-6-1-1-4.1] lets the key sign certificates and CRLs and do nothing else", () => {
    const shown = showText(authority.selfSigned);
    expect(shown).toContain("X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign\n");
    expect(shown).toContain("X509v3 Basic Constraints: critical\n                CA:TRUE\n");
  });

  it.each([1024, 3072, 4096])("[C-6-1-1-2.1] is not planned for a key of %i bits", (bits) => {
    const { subjectPublicKeyInfo } = makeSoftKey({ kind: "rsa", bits });
    const decision = decideSelfSigned({
      definition: chibaAuthority,
      subjectPublicKeyInfo,
      now: at,
      serial: testSerial(1),
    });
    expect(decision).toEqual({ kind: "refused", reason: "publicKeyRefused", check: "size" });
  });
});

describe("the chain from self-signed to subscriber certificate", () => {
  const historical: AuthorityDefinition = {
    ...chibaAuthority,
    suite: "cps-2014",
    acknowledgesHistoricalReproduction: true,
  };
  it.each([
    ["jpki-2016", chibaAuthority, []],
    ["jpki-2016", { ...chibaAuthority, authorityKeyBits: 3072 }, []],
    ["jpki-next", { ...chibaAuthority, suite: "jpki-next" }, []],
    // RSA 1,024 and SHA-1 are below every level that OpenSSL still verifies by default.
    ["cps-2014", historical, ["-auth_level", "0"]],
  ] as const)("[C-7-1-1.1] is verified by OpenSSL in suite %s, for the policy", (suite, definition, options) => {
    const of = makeSoftAuthority(at, definition);
    const key = makeSoftKey(signatureSuites[suite].subscriberKey);
    const leaf = issue(of, requestPayload(key.subjectPublicKeyInfo, at));
    const policy = ["-policy_check", "-explicit_policy", "-policy", "1.2.392.200149.8.5.1.1.10"];
    expect(opensslVerify(of.selfSigned, leaf, ...policy, ...options)).toContain("OK");
    const other = makeSoftAuthority(at, definition);
    expect(() => opensslVerify(other.selfSigned, leaf, ...options)).toThrow();
  });

  it("[C-6-1-2-3.1] has RSA 1,024 and SHA-1 in the suite of 2014, and 2,048 is refused there", () => {
    const of = makeSoftAuthority(at, historical);
    const shown = showText(
      issue(of, requestPayload(makeSoftKey({ kind: "rsa", bits: 1024 }).subjectPublicKeyInfo, at)),
    );
    expect(shown).toContain("Public-Key: (1024 bit)");
    expect(shown).toContain("Signature Algorithm: sha1WithRSAEncryption");
    const request = parsedRequest(requestPayload(spki, at, { authority: "chiba" }));
    expect(decideIssuance(request, contextOf(of))).toMatchObject({ reason: "publicKeyRefused", check: "size" });
  });

  it("is not begun in the suite of 2014 without acknowledgement", () => {
    const definition = { ...historical, acknowledgesHistoricalReproduction: false };
    expect(() => refusal({}, { definition })).toThrow("cps-2014");
  });
});

describe("refusals", () => {
  it.each([
    ["another authority's request", { authority: "chiba-practice" }, {}, { reason: "unknownProfile" }],
    ["an unknown profile", { profile: "server" }, {}, { reason: "unknownProfile" }],
    ["清瀬市, of another prefecture", { municipality: "132217" }, {}, { reason: "municipalityNotOfThisPrefecture" }],
    ["another municipality than the caller's", { municipality: "122025" }, {}, { reason: "municipalityNotTheCallers" }],
    ["a key of last month", { keyGeneratedAt: "2026-10-22T03:00:00Z" }, {}, { reason: "keyTooOld" }],
    ["a key of tomorrow", { keyGeneratedAt: "2026-11-23T03:00:00Z" }, {}, { reason: "clockUntrusted" }],
    ["a request of tomorrow", { requestedAt: "2026-11-23T03:00:00Z" }, {}, { reason: "clockUntrusted" }],
    [
      "髙, which JIS X 0208 and JIS X 0212 do not hold",
      itemsWith({ name: "山田　髙子" }),
      {},
      { reason: "characterOutsideRepertoire", field: "name", position: 4, character: "髙" },
    ],
    [
      "𠮷, one character of two UTF-16 units, in the address",
      itemsWith({ address: "千葉市𠮷田", addressSubstitutions: "00000" }),
      {},
      { reason: "characterOutsideRepertoire", field: "address", position: 4, character: "𠮷" },
    ],
    [
      "a key of another size",
      { publicKey: Buffer.from(makeSoftKey({ kind: "rsa", bits: 1024 }).subjectPublicKeyInfo).toString("base64") },
      {},
      { reason: "publicKeyRefused", check: "size" },
    ],
  ])("%s", (_what, changes, context, expected) => {
    expect(refusal(changes, context)).toEqual({ kind: "refused", ...expected });
  });
});
