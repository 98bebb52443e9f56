// The PKCS#11 side, for apps/signer alone: whoever imports this loads the native module. All others: ./signer-client.ts
export { cardSessionMacs, importCardMasterKey, randomBytesFromToken, type SessionKeyDerivation } from "./card-keys.ts";
export { HsmUnavailable, type HsmUnavailableCause } from "./hsm-unavailable.ts";
export { initialiseToken, PinTooShort } from "./initialise-token.ts";
export { generateMacKey, generateSigningKeyPair, type KeyPairAlgorithm, readPublicKey } from "./keys.ts";
export type { TokenAddress } from "./pkcs11-module.ts";
export { macWithToken, signDigestWithToken, signWithToken } from "./signing.ts";
export { Token, type TokenOptions } from "./token.ts";
export { KeyMissing, TokenLocked, type TokenState } from "./token-state.ts";
