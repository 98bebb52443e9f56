"use client";
import type { ClerkAction, ClerkView } from "@mitome/ra";
import { useCallback, useEffect, useState } from "react";
import type { Complaint } from "../complaint.ts";
import { kiosk } from "../kiosk-client.ts";

export type Act = (action: ClerkAction) => void;

/** What every screen of the clerk gets: its view, the way to act, and whether an act is under way. */
export interface DeskScreen<Screen extends ClerkView["screen"]> {
  readonly view: Extract<ClerkView, { readonly screen: Screen }>;
  readonly act: Act;
  readonly isPending: boolean;
}

/** Sends actions one at a time; the answer's new view arrives by the subscription. A complaint goes when the screen changes. */
export function useDesk(screen: string): { act: Act; isPending: boolean; complaint: Complaint | null } {
  const [isPending, setPending] = useState(false);
  const [complaint, setComplaint] = useState<Complaint | null>(null);
  useEffect(() => setComplaint(null), [screen]);
  const act = useCallback((action: ClerkAction) => {
    setPending(true);
    kiosk.clerk.act
      .mutate(action)
      .then((answer) => setComplaint(answer.kind === "done" ? null : answer))
      .catch(() => setComplaint({ kind: "failed" }))
      .finally(() => setPending(false));
  }, []);
  return { act, isPending, complaint };
}
