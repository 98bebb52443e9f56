import { randomBytes } from "node:crypto";
import {
  cardKeyDerivationData,
  cmac,
  commandMacInput,
  deriveKey,
  hostCryptogramInput,
  sessionKeyDerivationData,
} from "@mitome/card";
import { createSoftHsmToken, SOFTHSM_MODULE, type SoftHsmToken } from "@mitome/testkit/softhsm";
import pkcs11js from "pkcs11js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cardSessionMacs, importCardMasterKey } from "./card-keys.ts";
import { Token } from "./token.ts";

const label = "card-master:1";
const master = randomBytes(32);
let files: SoftHsmToken;
let token: Token;

beforeAll(async () => {
  files = createSoftHsmToken("cards");
  token = await Token.open({ module: SOFTHSM_MODULE, softhsmConf: files.configuration, tokenLabel: files.label });
  token.login(files.pin);
  token.immediately((pkcs11, session) => importCardMasterKey(pkcs11, session, label, master));
});

afterAll(async () => {
  await token.close();
  files.remove();
});

it("derives session keys and MACs in the token as an independent computation in software does", () => {
  const cardChallenge = randomBytes(16);
  const hostChallenge = randomBytes(16);
  const messages = [
    hostCryptogramInput(cardChallenge, hostChallenge),
    commandMacInput({ counter: 1, ins: 0x46, p1: 0, p2: 1, payloadDigest: randomBytes(32) }),
  ];
  const derivation = {
    cardKeyData: cardKeyDerivationData("A000000000000001"),
    sessionKeyData: sessionKeyDerivationData(cardChallenge, hostChallenge),
  };
  const cardKey = deriveKey(master, derivation.cardKeyData);
  const sessionKey = deriveKey(cardKey, derivation.sessionKeyData);
  expect(cardSessionMacs(token, label, derivation, messages).map((mac) => Buffer.from(mac).toString("hex"))).toEqual(
    messages.map((message) => Buffer.from(cmac(sessionKey, message)).toString("hex")),
  );
});

it("keeps the card master key unreadable and unable to encrypt, sign or derive by another mechanism", () => {
  const handle = token.key(pkcs11js.CKO_SECRET_KEY, label);
  token.immediately((pkcs11, session) => {
    const derived = [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
      { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_AES },
      { type: pkcs11js.CKA_VALUE_LEN, value: 32 },
    ];
    const ecbEncryptData = { mechanism: pkcs11js.CKM_AES_ECB_ENCRYPT_DATA, parameter: Buffer.alloc(0) };
    expect(() => pkcs11.C_GetAttributeValue(session, handle, [{ type: pkcs11js.CKA_VALUE }])).toThrow(
      "CKR_ATTRIBUTE_SENSITIVE",
    );
    expect(() => pkcs11.C_EncryptInit(session, { mechanism: pkcs11js.CKM_AES_ECB }, handle)).toThrow(/CKR_/);
    expect(() => pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_AES_CMAC }, handle)).toThrow(/CKR_/);
    expect(() => pkcs11.C_DeriveKey(session, ecbEncryptData, handle, derived)).toThrow("CKR_MECHANISM_INVALID");
  });
});

it("leaves no derived key behind", () => {
  const derivation = { cardKeyData: randomBytes(32), sessionKeyData: randomBytes(32) };
  cardSessionMacs(token, label, derivation, [randomBytes(8)]);
  const secretKeys = token.immediately((pkcs11, session) => {
    pkcs11.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY }]);
    const found = pkcs11.C_FindObjects(session, 10);
    pkcs11.C_FindObjectsFinal(session);
    return found.length;
  });
  expect(secretKeys).toBe(1);
});
