import type { Explanation } from "@mitome/ra";

/** Who this browser is. `state` decides the page: enrolment, log-in, new password, second factor, unlock, or the counter. */
export interface Me {
  readonly screen: {
    readonly kind: "clerk" | "resident";
    readonly counter: string;
    readonly municipality: string;
  } | null;
  readonly clerk: { readonly account: string; readonly name: string } | null;
  readonly state: "notEnrolled" | "signedOut" | "mustChangePassword" | "mustEnrolSecondFactor" | "locked" | "open";
}

export type ScreenAnswer =
  | { readonly kind: "enrolled"; readonly screen: "clerk" | "resident" }
  | { readonly kind: "refused"; readonly explanation: Explanation };

/** `codeNeeded`: the password is right, and is to be sent again with a code of the authenticator app. */
export type LoginAnswer =
  | { readonly kind: "open" }
  | { readonly kind: "mustChangePassword" }
  | { readonly kind: "mustEnrolSecondFactor" }
  | { readonly kind: "codeNeeded" }
  | { readonly kind: "refused"; readonly explanation: Explanation };

/** What an authenticator app is to be told, this once: as `otpauth://` URI, and as base32 to be typed. */
export type SecondFactorOffer =
  | { readonly kind: "offered"; readonly uri: string; readonly secret: string }
  | { readonly kind: "refused"; readonly explanation: Explanation };

export type SecondFactorAnswer =
  | { readonly kind: "open" }
  | { readonly kind: "refused"; readonly explanation: Explanation };

export type PasswordAnswer =
  | { readonly kind: "changed" }
  | { readonly kind: "refused"; readonly explanation: Explanation };
