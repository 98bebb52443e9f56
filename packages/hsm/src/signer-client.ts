// What every other process may import: the signer's sockets and their shapes. Nothing here loads PKCS#11.
export { SignerClient } from "./authority-client.ts";
export { type CardCommandFields, type CardSessionFields, CardSignerClient } from "./card-signer-client.ts";
export { HsmUnavailable, type HsmUnavailableCause } from "./hsm-unavailable.ts";
export { cardKeysOf, listSigningKeyOf, ownSigningKeyOf, signingKeyOf } from "./lent-keys.ts";
export { OperatorClient } from "./operator-client.ts";
export type { SignerAddress, SignerRefusal } from "./signer-connection.ts";
export type { AuditHead, IntentFields, RefusalReason, SignerStatus } from "./signer-protocol.ts";
