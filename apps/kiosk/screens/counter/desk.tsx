"use client";
import type { ClerkAction, ClerkView } from "@mitome/ra";
import { Banner } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { useActs } from "../acts.ts";
import type { Complaint } from "../complaint.ts";
import { ExplanationBanner } from "../explanation.tsx";
import { kiosk } from "../kiosk-client.ts";
import { useLiveView } from "../live-view.ts";
import type { Act } from "./act.ts";
import { FirstIssuance } from "./first-issuance/first-issuance.tsx";
import { Menu } from "./menu.tsx";

type Observer = Parameters<Parameters<typeof useLiveView<ClerkView>>[0]>[0];
const subscribe = (observer: Observer) => kiosk.clerk.view.subscribe(undefined, observer);

const send = (action: ClerkAction) => kiosk.clerk.act.mutate(action);

const touchEvery = 30_000;

/** Tells the server that the clerk is at the keyboard, which puts off the idle lock; at most twice a minute. */
function usePresence(): void {
  useEffect(() => {
    let last = Date.now();
    const onActivity = () => {
      if (Date.now() - last < touchEvery) return;
      last = Date.now();
      kiosk.session.touch.mutate().catch(() => undefined);
    };
    window.addEventListener("keydown", onActivity);
    window.addEventListener("pointerdown", onActivity);
    return () => {
      window.removeEventListener("keydown", onActivity);
      window.removeEventListener("pointerdown", onActivity);
    };
  }, []);
}

/** The clerk at work: follows the server's view of this counter and draws it. */
export function Desk({ onSessionChange }: { readonly onSessionChange: () => void }) {
  const t = useTranslations("frame");
  const { view, isConnected } = useLiveView<ClerkView>(subscribe, onSessionChange);
  const screen = view?.screen ?? "loading";
  const { act, isPending, complaint } = useActs(view, send);
  usePresence();
  useEffect(() => {
    if (screen === "signedOut" || screen === "locked") onSessionChange();
  }, [screen, onSessionChange]);

  return (
    <div className="flex min-h-dvh flex-col">
      <div className="empty:hidden">
        {!isConnected && <Banner kind="warning" live="status" heading={t("reconnecting")} />}
      </div>
      {view === null ? (
        <main className="p-8">
          <p role="status" className="text-std-16N-170">
            {t("loading")}
          </p>
        </main>
      ) : (
        <View view={view} act={act} isPending={isPending} complaint={complaint} onSessionChange={onSessionChange} />
      )}
    </div>
  );
}

interface ViewProps {
  readonly view: ClerkView;
  readonly act: Act;
  readonly isPending: boolean;
  readonly complaint: Complaint | null;
  readonly onSessionChange: () => void;
}

function View({ view, act, isPending, complaint, onSessionChange }: ViewProps) {
  switch (view.screen) {
    case "signedOut":
    case "locked":
      return <main />;
    case "menu":
      return (
        <Menu view={view} act={act} isPending={isPending} onSessionChange={onSessionChange}>
          <ComplaintBanner complaint={complaint} />
        </Menu>
      );
    default:
      return (
        <FirstIssuance view={view} act={act} isPending={isPending}>
          {/* A screen that shows its own problem beside its fields is not told of it twice. */}
          {!("problem" in view && view.problem !== null) && <ComplaintBanner complaint={complaint} />}
        </FirstIssuance>
      );
  }
}

function ComplaintBanner({ complaint }: { readonly complaint: Complaint | null }) {
  const t = useTranslations("frame");
  switch (complaint?.kind) {
    case undefined:
      return null;
    case "problem":
      return <ExplanationBanner explanation={complaint.explanation} language="ja" />;
    case "notNow":
      return <Banner kind="information" live="alert" heading={t("notNow")} />;
    case "failed":
      return <Banner kind="error" live="alert" heading={t("failed")} />;
  }
}
