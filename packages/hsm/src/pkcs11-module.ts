import pkcs11js, { type Handle, type PKCS11 } from "pkcs11js";
import { HsmUnavailable } from "./hsm-unavailable.ts";

/** Which PKCS#11 module to load and which token in it to use. */
export interface TokenAddress {
  /** Path of the module; it may be OpenSC's pkcs11-spy.so with PKCS11SPY set. */
  readonly module: string;
  /** SoftHSM's configuration file (SOFTHSM2_CONF); Debian's default is unreadable to other users. */
  readonly softhsmConf?: string | undefined;
  /** CKA_LABEL of the token: slot numbers change, and SoftHSM draws them at random. */
  readonly tokenLabel: string;
}

/** Loads a module; one process loads one. Nothing is initialised yet. */
export function loadModule(address: TokenAddress): PKCS11 {
  // SoftHSM reads its configuration's path from the environment and from nowhere else.
  if (address.softhsmConf !== undefined) process.env.SOFTHSM2_CONF = address.softhsmConf;
  const pkcs11 = new pkcs11js.PKCS11();
  pkcs11.load(address.module);
  return pkcs11;
}

/**
 * Initialises the module anew and finds the token. SoftHSM processes that start together sometimes see one slot only
 * and no token, so callers repeat this with a pause. Throws HsmUnavailable.
 */
export function initialiseAndFindToken(pkcs11: PKCS11, tokenLabel: string): Handle {
  finalise(pkcs11);
  try {
    pkcs11.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
    const slot = pkcs11.C_GetSlotList(true).find((candidate) => labelOf(pkcs11, candidate) === tokenLabel);
    if (slot !== undefined) return slot;
  } catch {
    throw new HsmUnavailable("deviceError");
  }
  throw new HsmUnavailable("tokenMissing");
}

/** C_Finalize, also when nothing was initialised. */
export function finalise(pkcs11: PKCS11): void {
  try {
    pkcs11.C_Finalize();
  } catch {
    // CKR_CRYPTOKI_NOT_INITIALIZED: what we wanted
  }
}

/** The token's label without its padding, or undefined where the slot has no readable token. */
export function labelOf(pkcs11: PKCS11, slot: Handle): string | undefined {
  try {
    return pkcs11.C_GetTokenInfo(slot).label.trimEnd();
  } catch {
    return undefined;
  }
}

/** CKR_… of an error, or undefined when it is not one of PKCS#11's. */
export function returnValue(error: unknown): number | undefined {
  return error instanceof pkcs11js.Pkcs11Error ? error.code : undefined;
}

// What a caller of ours did wrong, or a key that may not do what was asked: the token itself is well.
const callersFault: ReadonlySet<number> = new Set([
  pkcs11js.CKR_ATTRIBUTE_READ_ONLY,
  pkcs11js.CKR_ATTRIBUTE_SENSITIVE,
  pkcs11js.CKR_ATTRIBUTE_TYPE_INVALID,
  pkcs11js.CKR_ATTRIBUTE_VALUE_INVALID,
  pkcs11js.CKR_DATA_INVALID,
  pkcs11js.CKR_DATA_LEN_RANGE,
  pkcs11js.CKR_KEY_FUNCTION_NOT_PERMITTED,
  pkcs11js.CKR_KEY_NOT_WRAPPABLE,
  pkcs11js.CKR_KEY_SIZE_RANGE,
  pkcs11js.CKR_KEY_TYPE_INCONSISTENT,
  pkcs11js.CKR_KEY_UNEXTRACTABLE,
  pkcs11js.CKR_MECHANISM_INVALID,
  pkcs11js.CKR_MECHANISM_PARAM_INVALID,
  pkcs11js.CKR_TEMPLATE_INCOMPLETE,
  pkcs11js.CKR_TEMPLATE_INCONSISTENT,
]);

/** Whether a PKCS#11 error means that token or session are lost and everything must be opened anew. */
export function meansLostToken(error: unknown): boolean {
  const code = returnValue(error);
  return code !== undefined && !callersFault.has(code);
}

/** Object of a class and label, or undefined; two with one label are refused. */
export function findOne(pkcs11: PKCS11, session: Handle, objectClass: number, label: string): Handle | undefined {
  pkcs11.C_FindObjectsInit(session, [
    { type: pkcs11js.CKA_CLASS, value: objectClass },
    { type: pkcs11js.CKA_LABEL, value: label },
  ]);
  const found = pkcs11.C_FindObjects(session, 2);
  pkcs11.C_FindObjectsFinal(session);
  if (found.length > 1) throw new Error(`two keys are labelled ${label}`);
  return found[0];
}
