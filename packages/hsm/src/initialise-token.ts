import pkcs11js, { type Handle, type PKCS11 } from "pkcs11js";
import { finalise, initialiseAndFindToken, labelOf, loadModule, type TokenAddress } from "./pkcs11-module.ts";

/** A PIN too short to resist guessing by whoever takes the token's files: PINs here carry 128 bits or more. */
export class PinTooShort extends Error {
  override readonly name = "PinTooShort";
}

/** Characters of a base64url PIN that carry 128 bits. */
const shortestPin = 22;

/**
 * Makes a new token and lets `fill` make its keys in one logged-in session; the module is finalised afterwards.
 * A token with this label that exists already is refused (`tokenExists`): a ceremony never overwrites keys.
 */
export function initialiseToken(
  address: TokenAddress,
  pins: { readonly securityOfficer: string; readonly user: string },
  fill: (pkcs11: PKCS11, session: Handle) => void,
): "initialised" | "tokenExists" {
  if (pins.securityOfficer.length < shortestPin || pins.user.length < shortestPin) {
    throw new PinTooShort(`a PIN has at least ${shortestPin} characters (128 bits)`);
  }
  const pkcs11 = loadModule(address);
  try {
    pkcs11.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
    if (pkcs11.C_GetSlotList(true).some((slot) => labelOf(pkcs11, slot) === address.tokenLabel)) return "tokenExists";
    const empty = pkcs11.C_GetSlotList(true).find((slot) => {
      return (pkcs11.C_GetTokenInfo(slot).flags & pkcs11js.CKF_TOKEN_INITIALIZED) === 0;
    });
    if (empty === undefined) throw new Error("the module has no uninitialised slot");
    pkcs11.C_InitToken(empty, pins.securityOfficer, address.tokenLabel.padEnd(32));
    const slot = initialiseAndFindToken(pkcs11, address.tokenLabel); // SoftHSM gives an initialised slot a new id
    const session = pkcs11.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
    pkcs11.C_Login(session, pkcs11js.CKU_SO, pins.securityOfficer);
    pkcs11.C_InitPIN(session, pins.user);
    pkcs11.C_Logout(session);
    pkcs11.C_Login(session, pkcs11js.CKU_USER, pins.user);
    fill(pkcs11, session);
    pkcs11.C_Logout(session);
    return "initialised";
  } finally {
    finalise(pkcs11);
    pkcs11.close();
  }
}
