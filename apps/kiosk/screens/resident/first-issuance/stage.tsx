"use client";
import type { ResidentView, Station } from "@mitome/ra";
import { Banner, Button } from "@mitome/ui";
import { useLocale, useTranslations } from "next-intl";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { CustodyBar } from "../../custody-bar.tsx";
import { ExplanationBanner } from "../../explanation.tsx";
import type { DeviceState } from "./case-screen.ts";

const stages = ["confirm", "terms", "password", "key", "notices", "end"] as const;
type StageName = (typeof stages)[number];

// What the resident sees of the counter's thirteen stations.
const stageOf: Partial<Record<Station, StageName>> = {
  residentConfirms: "confirm",
  terms: "terms",
  password: "password",
  key: "key",
  issuance: "key",
  notices: "notices",
  papers: "end",
  handOver: "end",
};

export interface StageProps extends DeviceState {
  readonly view: Exclude<ResidentView, { readonly screen: "welcome" }>;
  readonly heading: ReactNode;
  readonly children?: ReactNode;
  /** The acts of this screen, always just above the bottom bar. */
  readonly acts?: ReactNode;
  /** No way to stop any more: the card is being written, or all is over. */
  readonly isPastStopping?: boolean;
  /** The heading changes within one screen (password: once, again). */
  readonly focusKey?: string;
  /** A control of this screen takes the focus instead of the heading. */
  readonly isFocusTaken?: boolean;
}

/** The frame of every screen of the resident: settings above, help and the way out below, always in the same place. */
export function Stage(props: StageProps) {
  const {
    view,
    act,
    isPending,
    complaint,
    isConnected,
    heading,
    children,
    acts,
    isPastStopping = false,
    focusKey,
    isFocusTaken = false,
  } = props;
  const t = useTranslations("frame");
  const language = useLocale() === "en" ? "en" : "ja";
  const title = useRef<HTMLHeadingElement>(null);
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (!isFocusTaken || isAsking) title.current?.focus();
  }, [view.screen, focusKey, isAsking, isFocusTaken]);

  const stage = stageOf[view.station];
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex flex-wrap items-center justify-between gap-4 px-6 py-2">
        <Settings view={view} act={act} />
        {stage !== undefined && (
          <p className="text-std-20N-150">
            {t("progress", { current: stages.indexOf(stage) + 1, total: stages.length })}　{t(`stage${stage}`)}
          </p>
        )}
      </header>
      <CustodyBar custody={view.custody} isLarge />
      <main className="is-sized flex flex-1 flex-col gap-4 px-6 py-4 text-std-24N-150">
        <h1 ref={title} tabIndex={-1} className="text-std-32B-150">
          {isAsking ? t("stopHeading") : heading}
        </h1>
        {!isConnected && <Banner kind="warning" live="status" isLarge heading={t("reconnecting")} />}
        {complaint?.kind === "problem" && (
          <ExplanationBanner explanation={complaint.explanation} language={language} isLarge />
        )}
        {(complaint?.kind === "failed" || complaint?.kind === "notNow") && (
          <Banner kind="error" live="alert" isLarge heading={t(complaint.kind)} />
        )}
        {view.trouble !== null && (
          <div className="flex flex-col gap-2">
            <ExplanationBanner explanation={view.trouble} language={language} kind="warning" isLarge />
            {view.trouble.retrying && <p>{t("retrying")}</p>}
          </div>
        )}
        {view.called && view.screen !== "clerkComes" && (
          <Banner kind="information" live="status" isLarge heading={t("called")} />
        )}
        {isAsking ? <p>{t("stopBody")}</p> : children}
      </main>
      <footer className="sticky bottom-0 flex flex-col gap-3 border-solid-gray-420 border-t bg-white px-6 py-3">
        {isAsking ? (
          <div className="flex flex-wrap gap-4">
            <Button size="touch" onPress={() => setAsking(false)}>
              {t("stopNo")}
            </Button>
            <Button size="touch" kind="danger" isPending={isPending} onPress={() => act({ type: "stop" })}>
              {t("stopYes")}
            </Button>
          </div>
        ) : (
          <div className="flex flex-wrap items-center justify-between gap-4">
            <div className="flex flex-wrap gap-4">{acts}</div>
            <div className="flex flex-wrap gap-4">
              {!isPastStopping && (
                <Button size="touch" kind="danger" onPress={() => setAsking(true)}>
                  {t("stop")}
                </Button>
              )}
              <Button size="touch" kind="outline" isPending={isPending} onPress={() => act({ type: "callClerk" })}>
                {t("callClerk")}
              </Button>
            </div>
          </div>
        )}
      </footer>
    </div>
  );
}

type SettingsProps = Pick<StageProps, "view" | "act">;

function Settings({ view, act }: SettingsProps) {
  const t = useTranslations("frame");
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-2">
      <fieldset aria-label={t("language")} className="flex flex-wrap gap-2">
        {(["ja", "en"] as const).map((language) => (
          <Button
            key={language}
            size="touch"
            kind="outline"
            lang={language}
            isPressed={view.language === language}
            onPress={() => act({ type: "chooseLanguage", language })}
          >
            {language === "ja" ? "日本語" : "English"}
          </Button>
        ))}
      </fieldset>
      <fieldset aria-label={t("textSize")} className="flex flex-wrap gap-2">
        {(["normal", "large", "largest"] as const).map((textSize) => (
          <Button
            key={textSize}
            size="touch"
            kind="outline"
            isPressed={view.textSize === textSize}
            onPress={() => act({ type: "chooseTextSize", textSize })}
          >
            {t(textSize)}
          </Button>
        ))}
      </fieldset>
    </div>
  );
}
