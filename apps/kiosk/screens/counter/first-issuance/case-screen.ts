import type { ClerkView } from "@mitome/ra";
import type { ReactNode } from "react";
import type { Act } from "../act.ts";

/** The views of a case under way. */
export type CaseView = Exclude<ClerkView, { readonly screen: "signedOut" | "locked" | "menu" }>;

/** What every screen of this journey gets; `complaint` is what the last action met with, drawn above the content. */
export interface CaseScreen<Screen extends CaseView["screen"]> {
  readonly view: Extract<CaseView, { readonly screen: Screen }>;
  readonly act: Act;
  readonly isPending: boolean;
  readonly complaint: ReactNode;
}
