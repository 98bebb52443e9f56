"use client";
import type { ReactNode } from "react";
import type { Act } from "../act.ts";
import { Application } from "./application.tsx";
import type { CaseView } from "./case-screen.ts";
import { Compare } from "./compare.tsx";
import { ConfirmIssuance } from "./confirm-issuance.tsx";
import { DoubleIssue } from "./double-issue.tsx";
import { Ended } from "./ended.tsx";
import { GiveCard } from "./give-card.tsx";
import { Identity } from "./identity.tsx";
import { Notices } from "./notices.tsx";
import { Papers } from "./papers.tsx";
import { PlaceCard } from "./place-card.tsx";
import { ReceiveCard } from "./receive-card.tsx";
import { Refused } from "./refused.tsx";
import { ReturnCard } from "./return-card.tsx";
import { SearchRegister } from "./search-register.tsx";
import { WithResident } from "./with-resident.tsx";
import { Working } from "./working.tsx";

interface FirstIssuanceProps {
  readonly view: CaseView;
  readonly act: Act;
  readonly isPending: boolean;
  readonly children: ReactNode;
}

/** 新規発行(本人) on the clerk's side: one screen a step, each keyed by its case so that no typed text outlives it. */
export function FirstIssuance({ view, children, ...rest }: FirstIssuanceProps) {
  const props = { ...rest, complaint: children };
  const key = `${view.caseId} ${view.screen}`;
  switch (view.screen) {
    case "placeCard":
      return <PlaceCard {...props} view={view} key={key} />;
    case "searchRegister":
      return <SearchRegister {...props} view={view} key={key} />;
    case "compare":
      return <Compare {...props} view={view} key={key} />;
    case "identity":
      return <Identity {...props} view={view} key={key} />;
    case "application":
      return <Application {...props} view={view} key={key} />;
    case "giveCard":
      return <GiveCard {...props} view={view} key={key} />;
    case "withResident":
      return <WithResident {...props} view={view} key={key} />;
    case "receiveCard":
      return <ReceiveCard {...props} view={view} key={key} />;
    case "confirmIssuance":
      return <ConfirmIssuance {...props} view={view} key={key} />;
    case "working":
      return <Working {...props} view={view} key={key} />;
    case "notices":
      return <Notices {...props} view={view} key={key} />;
    case "papers":
      return <Papers {...props} view={view} key={key} />;
    case "returnCard":
      return <ReturnCard {...props} view={view} key={key} />;
    case "doubleIssue":
      return <DoubleIssue {...props} view={view} key={key} />;
    case "refused":
      return <Refused {...props} view={view} key={key} />;
    case "ended":
      return <Ended {...props} view={view} key={key} />;
  }
}
