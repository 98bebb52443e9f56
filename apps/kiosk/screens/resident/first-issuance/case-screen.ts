import type { ResidentAction, ResidentView } from "@mitome/ra";
import type { Complaint } from "../../complaint.ts";

/** The views of a case under way. */
export type CaseView = Exclude<ResidentView, { readonly screen: "welcome" }>;

/** What the page knows beside the view. */
export interface DeviceState {
  readonly act: (action: ResidentAction) => void;
  readonly isPending: boolean;
  /** What the last action met with. */
  readonly complaint: Complaint | null;
  readonly isConnected: boolean;
}

/** What every screen of this journey gets. */
export interface CaseScreen<Screen extends CaseView["screen"]> extends DeviceState {
  readonly view: Extract<CaseView, { readonly screen: Screen }>;
}
