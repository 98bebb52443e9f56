import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSoftHsmToken, SOFTHSM_MODULE, type SoftHsmToken } from "@mitome/testkit/softhsm";
import { parseSubjectPublicKeyInfo, verifySignature } from "@mitome/x509";
import pkcs11js, { type Handle } from "pkcs11js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateMacKey, generateSigningKeyPair, readPublicKey } from "./keys.ts";
import { macWithToken, signWithToken } from "./signing.ts";
import { Token } from "./token.ts";
import { KeyMissing, TokenLocked } from "./token-state.ts";

const keyLabel = "ca:chiba:1";
const tbs = Buffer.from("to be signed");
let files: SoftHsmToken;
let token: Token;

beforeAll(async () => {
  files = createSoftHsmToken();
  token = await Token.open({ module: SOFTHSM_MODULE, softhsmConf: files.configuration, tokenLabel: files.label });
  expect(token.login(files.pin)).toBe("loggedIn");
  token.immediately((pkcs11, session) => {
    generateSigningKeyPair(pkcs11, session, keyLabel, "RSA-2048");
    generateSigningKeyPair(pkcs11, session, "p256", "P-256");
    generateSigningKeyPair(pkcs11, session, "p384", "P-384");
    generateMacKey(pkcs11, session, "intent-mac");
  });
});

afterAll(async () => {
  await token.close();
  files.remove();
});

const privateKey = (label = keyLabel): Handle => token.key(pkcs11js.CKO_PRIVATE_KEY, label);

function attribute(handle: Handle, type: number): string {
  return token.immediately((pkcs11, session) => {
    const value = pkcs11.C_GetAttributeValue(session, handle, [{ type }])[0]?.value;
    return Buffer.isBuffer(value) ? value.toString("hex") : String(value);
  });
}

describe("千葉県運用規程 6-1-1: the governor's key in the token", () => {
  it("[C-6-1-1-2.1] is an RSA key of 2048 bits made in the token", () => {
    const key = parseSubjectPublicKeyInfo(readPublicKey(token, keyLabel));
    expect(key.kind === "rsa" && key.modulus.length * 8).toBe(2048);
    expect(attribute(privateKey(), pkcs11js.CKA_LOCAL)).toBe("01");
  });

  it("[C-6-1-1-3.1] lives in the PKCS#11 token alone: always sensitive, never extractable, unreadable, unwrappable", () => {
    const handle = privateKey();
    expect(attribute(handle, pkcs11js.CKA_ALWAYS_SENSITIVE)).toBe("01");
    expect(attribute(handle, pkcs11js.CKA_NEVER_EXTRACTABLE)).toBe("01");
    for (const secret of [pkcs11js.CKA_PRIVATE_EXPONENT, pkcs11js.CKA_PRIME_1, pkcs11js.CKA_PRIME_2]) {
      expect(() => attribute(handle, secret)).toThrow("CKR_ATTRIBUTE_SENSITIVE");
    }
    const wrap = () =>
      token.immediately((pkcs11, session) => {
        const wrapping = pkcs11.C_GenerateKey(session, { mechanism: pkcs11js.CKM_AES_KEY_GEN }, [
          { type: pkcs11js.CKA_VALUE_LEN, value: 32 },
          { type: pkcs11js.CKA_WRAP, value: true },
        ]);
        const aesKeyWrapPad = { mechanism: 0x210a };
        return pkcs11.C_WrapKey(session, aesKeyWrapPad, wrapping, handle, Buffer.alloc(2048));
      });
    expect(wrap).toThrow("CKR_KEY_UNEXTRACTABLE");
    const makeExtractable = () =>
      token.immediately((pkcs11, session) =>
        pkcs11.C_SetAttributeValue(session, handle, [{ type: pkcs11js.CKA_EXTRACTABLE, value: true }]),
      );
    expect(makeExtractable).toThrow(/CKR_/);
  });

  it("[C-6-1-1-4.1] signs and does nothing else: no decryption, unwrapping, derivation or message recovery", () => {
    const handle = privateKey();
    expect(attribute(handle, pkcs11js.CKA_SIGN)).toBe("01");
    for (const use of [
      pkcs11js.CKA_DECRYPT,
      pkcs11js.CKA_UNWRAP,
      pkcs11js.CKA_DERIVE,
      pkcs11js.CKA_SIGN_RECOVER,
      pkcs11js.CKA_MODIFIABLE,
    ]) {
      expect(attribute(handle, use)).toBe("00");
    }
    const decrypt = () =>
      token.immediately((pkcs11, session) =>
        pkcs11.C_DecryptInit(session, { mechanism: pkcs11js.CKM_RSA_PKCS }, handle),
      );
    expect(decrypt).toThrow("CKR_KEY_FUNCTION_NOT_PERMITTED");
  });

  it("does not stand in clear in the token's files", () => {
    const modulus = parseSubjectPublicKeyInfo(readPublicKey(token, keyLabel));
    const stored = readdirSync(files.tokensDirectory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    const publicNumber = modulus.kind === "rsa" ? Buffer.from(modulus.modulus) : Buffer.alloc(0);
    expect(stored.filter((file) => file.includes(publicNumber))).toHaveLength(1); // the public object alone
  });
});

describe("signatures of a token", () => {
  it.each([
    [keyLabel, "sha256WithRSAEncryption"],
    [keyLabel, "sha1WithRSAEncryption"],
    ["p256", "ecdsa-with-SHA256"],
    ["p384", "ecdsa-with-SHA384"],
  ] as const)("%s signs with %s as a certificate carries it", async (label, algorithm) => {
    const signature = await signWithToken(token, label, algorithm, tbs);
    expect(verifySignature(readPublicKey(token, label), algorithm, tbs, signature)).toBe(true);
  });

  it("runs more signatures at once than there are sessions", async () => {
    const signatures = await Promise.all(
      Array.from({ length: 20 }, () => signWithToken(token, keyLabel, "sha256WithRSAEncryption", tbs)),
    );
    expect(new Set(signatures.map((signature) => Buffer.from(signature).toString("hex"))).size).toBe(1);
  });

  it("names a key that is not there", async () => {
    await expect(signWithToken(token, "ca:chiba:2", "sha256WithRSAEncryption", tbs)).rejects.toThrow(KeyMissing);
  });

  it("gives the same HMAC for the same message and none in clear of its key", () => {
    expect(macWithToken(token, "intent-mac", tbs)).toEqual(macWithToken(token, "intent-mac", tbs));
    expect(() => attribute(token.key(pkcs11js.CKO_SECRET_KEY, "intent-mac"), pkcs11js.CKA_VALUE)).toThrow(
      "CKR_ATTRIBUTE_SENSITIVE",
    );
  });

  it("refuses everything once nobody is logged in, after the operations under way have ended", async () => {
    const begun = Array.from({ length: 8 }, () => signWithToken(token, keyLabel, "sha256WithRSAEncryption", tbs));
    const logout = token.logout();
    await expect(signWithToken(token, keyLabel, "sha256WithRSAEncryption", tbs)).rejects.toThrow(TokenLocked);
    expect(() => macWithToken(token, "intent-mac", tbs)).toThrow(TokenLocked);
    expect((await Promise.allSettled(begun)).map((one) => one.status)).toEqual(Array(8).fill("fulfilled"));
    await logout;
    expect(token.state).toBe("locked");
    expect(token.login(files.securityOfficerPin)).toBe("pinWrong");
    expect(token.login(files.pin)).toBe("loggedIn");
    await signWithToken(token, keyLabel, "sha256WithRSAEncryption", tbs); // handles were looked up again
  });
});
