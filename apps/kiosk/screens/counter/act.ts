import type { ClerkAction, ClerkView } from "@mitome/ra";

export type Act = (action: ClerkAction) => void;

/** What every screen of the clerk gets: its view, the way to act, and whether an act is under way. */
export interface DeskScreen<Screen extends ClerkView["screen"]> {
  readonly view: Extract<ClerkView, { readonly screen: Screen }>;
  readonly act: Act;
  readonly isPending: boolean;
}
