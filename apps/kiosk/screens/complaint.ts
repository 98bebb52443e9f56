import type { Explanation } from "@mitome/ra";

/** What became of the last action, as far as the person who acted must know. */
export type Complaint =
  | { readonly kind: "notNow" }
  | { readonly kind: "failed" }
  | { readonly kind: "problem"; readonly explanation: Explanation };
