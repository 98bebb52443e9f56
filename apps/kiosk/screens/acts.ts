"use client";
import type { ActionAnswer } from "@mitome/ra";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Complaint } from "./complaint.ts";

/** The way to act, whether an act on the view now shown is under way, and what the last act met with. */
export interface Acts<Action> {
  readonly act: (action: Action) => void;
  readonly isPending: boolean;
  readonly complaint: Complaint | null;
}

/**
 * Sends what a person does on a view. The answer's new view arrives by the subscription, often before the answer: an
 * act holds back the buttons of the view it was made on and of no later one. A complaint is of the newest act alone, and
 * goes when the screen changes.
 */
export function useActs<Action>(
  view: { readonly screen: string } | null,
  send: (action: Action) => Promise<ActionAnswer>,
): Acts<Action> {
  const [underWayOn, setUnderWayOn] = useState<typeof view>(null);
  const [complaint, setComplaint] = useState<Complaint | null>(null);
  const newest = useRef<Action | null>(null);
  const screen = view?.screen;
  useEffect(() => setComplaint(null), [screen]);
  const act = useCallback(
    (action: Action) => {
      const complain = (of: Complaint | null) => {
        if (newest.current === action) setComplaint(of);
      };
      newest.current = action;
      setUnderWayOn(view);
      send(action)
        .then((answer) => complain(answer.kind === "done" ? null : answer))
        .catch(() => complain({ kind: "failed" }))
        .finally(() => setUnderWayOn((now) => (now === view ? null : now)));
    },
    [view, send],
  );
  return { act, isPending: underWayOn !== null && underWayOn === view, complaint };
}
