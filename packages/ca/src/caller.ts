/** Who is calling: read from the certificate of the connection, never from a message. */
import type { EquipmentIdentity } from "./equipment.ts";

/** A machine that has shown a living certificate of the equipment authority. */
export interface Caller extends EquipmentIdentity {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
  /** DER. */
  readonly certificate: Uint8Array;
}

/** A call: which machine, for whom (audit alone), and who hears which audit head its act produced. */
export interface Call {
  readonly caller: Caller;
  /** The clerk's id as the municipality names it; gives no authority. */
  readonly clerk: string | undefined;
  readonly witness: (head: import("@mitome/audit").AuditHead) => void;
}
