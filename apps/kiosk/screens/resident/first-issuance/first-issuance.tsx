"use client";
import { useRef } from "react";
import type { CaseView, DeviceState } from "./case-screen.ts";
import { ClerkComes } from "./clerk-comes.tsx";
import { ConfirmData } from "./confirm-data.tsx";
import { GiveCard } from "./give-card.tsx";
import { MakingKey } from "./making-key.tsx";
import { Notices } from "./notices.tsx";
import { Password } from "./password.tsx";
import { birthDatesOf } from "./password-weakness.ts";
import { PlaceCard } from "./place-card.tsx";
import { Stopped } from "./stopped.tsx";
import { TakeCard } from "./take-card.tsx";
import { Terms } from "./terms.tsx";
import { Wait } from "./wait.tsx";

/** 新規発行(本人) on the resident's side, one thing a screen. */
export function FirstIssuance({ view, ...device }: DeviceState & { readonly view: CaseView }) {
  // The birth date was shown a moment ago to its owner; the page remembers it to refuse it as a password, until the case ends.
  const birthDates = useRef<{ readonly caseId: string; readonly dates: readonly string[] }>({ caseId: "", dates: [] });
  if (view.screen === "confirmData")
    birthDates.current = { caseId: view.caseId, dates: birthDatesOf(view.person.dateOfBirth) };
  const dates = birthDates.current.caseId === view.caseId ? birthDates.current.dates : [];
  const key = `${view.caseId} ${view.screen}`;
  switch (view.screen) {
    case "wait":
      return <Wait {...device} view={view} key={key} />;
    case "placeCard":
      return <PlaceCard {...device} view={view} key={key} />;
    case "confirmData":
      return <ConfirmData {...device} view={view} key={key} />;
    case "clerkComes":
      return <ClerkComes {...device} view={view} key={key} />;
    case "terms":
      return <Terms {...device} view={view} key={key} />;
    case "password":
      return <Password {...device} view={view} birthDates={dates} key={key} />;
    case "makingKey":
      return <MakingKey {...device} view={view} key={key} />;
    case "giveCardToClerk":
      return <GiveCard {...device} view={view} key={key} />;
    case "notices":
      return <Notices {...device} view={view} key={key} />;
    case "takeCardAndPapers":
      return <TakeCard {...device} view={view} key={key} />;
    case "stopped":
      return <Stopped {...device} view={view} key={key} />;
  }
}
