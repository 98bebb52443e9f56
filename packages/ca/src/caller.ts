/** Who is calling: read from the certificate of the connection, never from a message. */
import type { AuditHead } from "@mitome/audit";
import type { KnownEquipment } from "./equipment-trust.ts";
import type { Acting } from "./ports.ts";

/** A machine that has shown a living certificate of the equipment authority. */
export interface Caller extends KnownEquipment {
  /** Its certificate, DER. */
  readonly certificate: Uint8Array;
}

/** A call: which machine, for whom, and who hears which audit head its act produced. */
export interface Call {
  readonly caller: Caller;
  /** The clerk's id as the municipality names it: for the audit trail alone; it gives no authority. */
  readonly clerk: string | undefined;
  readonly witness: (head: AuditHead) => void;
}

/** The program's name in the audit trail. */
export const system = "ca";

/** 千葉県運用規程 4-11-2: the origin of what a call does is the clerk, or the calling machine when none is named. */
export function actingFor(call: Call, clerk: string | undefined = call.clerk): Acting {
  const { municipality, kind, place } = call.caller;
  return { origin: { system, operator: `${municipality}/${clerk ?? `${kind}:${place}`}` }, witness: call.witness };
}

/** The authority acting by itself: recovery, scheduled work. */
export const byItself: Acting = { origin: { system, operator: null } };
