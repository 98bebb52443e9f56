"use client";
import type { ActionAnswer } from "@mitome/ra";
import { useCallback, useEffect, useState } from "react";
import type { Complaint } from "./complaint.ts";

/** The way to act, whether an act on the view now shown is under way, and what the last act met with. */
export interface Acts<Action> {
  readonly act: (action: Action) => void;
  readonly isPending: boolean;
  readonly complaint: Complaint | null;
}

/**
 * Sends what a person does on a view. The answer's new view arrives by the subscription, often before the answer: an
 * act holds back the buttons of the view it was made on and of no later one. A complaint goes when the screen changes.
 */
export function useActs<Action>(
  view: { readonly screen: string } | null,
  send: (action: Action) => Promise<ActionAnswer>,
): Acts<Action> {
  const [underWayOn, setUnderWayOn] = useState<typeof view>(null);
  const [complaint, setComplaint] = useState<Complaint | null>(null);
  const screen = view?.screen;
  useEffect(() => setComplaint(null), [screen]);
  const act = useCallback(
    (action: Action) => {
      setUnderWayOn(view);
      send(action)
        .then((answer) => setComplaint(answer.kind === "done" ? null : answer))
        .catch(() => setComplaint({ kind: "failed" }))
        .finally(() => setUnderWayOn((now) => (now === view ? null : now)));
    },
    [view, send],
  );
  return { act, isPending: underWayOn !== null && underWayOn === view, complaint };
}
