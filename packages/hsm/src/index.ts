// What the other processes may import: sockets and shapes. The PKCS#11 side is "@mitome/hsm/pkcs11", for apps/signer alone.
export { HsmUnavailable, type HsmUnavailableCause } from "./hsm-unavailable.ts";
export { cardKeysOf, signingKeyOf } from "./lent-keys.ts";
export {
  type CardCommandFields,
  type CardSessionFields,
  CardSignerClient,
  OperatorClient,
  type SignerAddress,
  SignerClient,
  type SignerRefusal,
} from "./signer-client.ts";
export type { AuditHead, EnrolmentTicket, IntentFields, RefusalReason, SignerStatus } from "./signer-protocol.ts";
