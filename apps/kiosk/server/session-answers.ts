import type { Explanation } from "@mitome/ra";

/** Who this browser is. `state` decides the page: enrolment, log-in, new password, unlock, or the counter itself. */
export interface Me {
  readonly screen: {
    readonly kind: "clerk" | "resident";
    readonly counter: string;
    readonly municipality: string;
  } | null;
  readonly clerk: { readonly account: string; readonly name: string } | null;
  readonly state: "notEnrolled" | "signedOut" | "mustChangePassword" | "locked" | "open";
}

export type ScreenAnswer =
  | { readonly kind: "enrolled"; readonly screen: "clerk" | "resident" }
  | { readonly kind: "refused"; readonly explanation: Explanation };

export type LoginAnswer =
  | { readonly kind: "open" }
  | { readonly kind: "mustChangePassword" }
  | { readonly kind: "refused"; readonly explanation: Explanation };

export type PasswordAnswer =
  | { readonly kind: "changed" }
  | { readonly kind: "refused"; readonly explanation: Explanation };
