import pkcs11js, { type Handle, type PKCS11 } from "pkcs11js";
import type { Token } from "./token.ts";

/** CKM_AES_CBC_ENCRYPT_DATA, the only way in which the card master key may be used. */
const derivation = pkcs11js.CKM_AES_CBC_ENCRYPT_DATA;

/**
 * Imports the card master key (32 bytes): sensitive, never extractable, for derivation by one mechanism alone. With
 * CKA_ENCRYPT it would give card keys in clear to whoever asks; with other derivations it would give related ones.
 */
export function importCardMasterKey(pkcs11: PKCS11, session: Handle, label: string, value: Buffer): void {
  const allowed = Buffer.alloc(8);
  allowed.writeBigUInt64LE(BigInt(derivation)); // CK_MECHANISM_TYPE[], native unsigned long
  pkcs11.C_CreateObject(session, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
    { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_AES },
    { type: pkcs11js.CKA_LABEL, value: label },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: true },
    { type: pkcs11js.CKA_SENSITIVE, value: true },
    { type: pkcs11js.CKA_EXTRACTABLE, value: false },
    { type: pkcs11js.CKA_MODIFIABLE, value: false },
    { type: pkcs11js.CKA_DERIVE, value: true },
    { type: pkcs11js.CKA_ENCRYPT, value: false },
    { type: pkcs11js.CKA_DECRYPT, value: false },
    { type: pkcs11js.CKA_SIGN, value: false },
    { type: pkcs11js.CKA_VERIFY, value: false },
    { type: pkcs11js.CKA_WRAP, value: false },
    { type: pkcs11js.CKA_UNWRAP, value: false },
    { type: pkcs11js.CKA_ALLOWED_MECHANISMS, value: allowed },
    { type: pkcs11js.CKA_VALUE, value },
  ]);
}

/** What the two derivations of a session key start from (packages/card, secure-messaging.ts); 32 bytes each. */
export interface SessionKeyDerivation {
  readonly cardKeyData: Uint8Array;
  readonly sessionKeyData: Uint8Array;
}

/**
 * AES-256-CMACs (16 bytes each) under a card's session key. Card key and session key are session objects of the token,
 * sensitive and never extractable, destroyed before this returns; only the MACs leave.
 * Throws KeyMissing, TokenLocked, HsmUnavailable.
 */
export function cardSessionMacs(
  token: Token,
  masterLabel: string,
  keys: SessionKeyDerivation,
  messages: readonly Uint8Array[],
): Uint8Array[] {
  const master = token.key(pkcs11js.CKO_SECRET_KEY, masterLabel);
  return token.immediately((pkcs11, session) => {
    const cardKey = derive(pkcs11, session, master, keys.cardKeyData, "derive");
    try {
      const sessionKey = derive(pkcs11, session, cardKey, keys.sessionKeyData, "sign");
      try {
        return messages.map((message) => {
          pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_AES_CMAC }, sessionKey);
          return pkcs11.C_Sign(session, Buffer.from(message), Buffer.alloc(16));
        });
      } finally {
        pkcs11.C_DestroyObject(session, sessionKey);
      }
    } finally {
      pkcs11.C_DestroyObject(session, cardKey);
    }
  });
}

/** Random bytes from the token. Throws TokenLocked, HsmUnavailable. */
export function randomBytesFromToken(token: Token, length: number): Uint8Array {
  return token.immediately((pkcs11, session) => pkcs11.C_GenerateRandom(session, Buffer.alloc(length)));
}

// A derived key is as open as its template says, whatever its parent: every attribute is said here.
function derive(pkcs11: PKCS11, session: Handle, parent: Handle, data: Uint8Array, purpose: "derive" | "sign"): Handle {
  if (data.length !== 32) throw new RangeError("derivation data of a card key has 32 bytes");
  // The parameter object matters: SoftHSM takes plain bytes here for a structure with pointers and the process dies.
  const parameter = { type: pkcs11js.CK_PARAMS_AES_CBC, iv: Buffer.alloc(16), data: Buffer.from(data) };
  return pkcs11.C_DeriveKey(session, { mechanism: derivation, parameter }, parent, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
    { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_AES },
    { type: pkcs11js.CKA_VALUE_LEN, value: 32 },
    { type: pkcs11js.CKA_TOKEN, value: false },
    { type: pkcs11js.CKA_PRIVATE, value: true },
    { type: pkcs11js.CKA_SENSITIVE, value: true },
    { type: pkcs11js.CKA_EXTRACTABLE, value: false },
    { type: pkcs11js.CKA_DERIVE, value: purpose === "derive" },
    { type: pkcs11js.CKA_SIGN, value: purpose === "sign" },
    { type: pkcs11js.CKA_ENCRYPT, value: false },
    { type: pkcs11js.CKA_DECRYPT, value: false },
    { type: pkcs11js.CKA_WRAP, value: false },
    { type: pkcs11js.CKA_UNWRAP, value: false },
  ]);
}
