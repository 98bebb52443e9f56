"use client";
import { type CaseFrame as Frame, type PersonView, type Station, stations } from "@mitome/ra/views";
import { Banner, Button, type Step, StepList } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect } from "react";
import { CustodyBar } from "../custody-bar.tsx";
import { ExplanationBanner } from "../explanation.tsx";
import type { Act } from "./act.ts";
import { PersonBar } from "./person-bar.tsx";

export interface CaseFrameProps {
  readonly frame: Frame;
  readonly act: Act;
  readonly isPending: boolean;
  readonly heading: string;
  readonly clause: string | null;
  readonly person?: PersonView;
  /** The act that leads on, always at the bottom left. */
  readonly primary?: ReactNode;
  /** Acts that leave the way: always at the bottom right. */
  readonly other?: ReactNode;
  /** What the last action met with. */
  readonly complaint: ReactNode;
  readonly children: ReactNode;
}

function stepsOf(station: Station, nameOf: (station: Station) => string): readonly Step[] {
  const current = stations.indexOf(station);
  return stations.map((name, index) => ({
    label: nameOf(name),
    state: index < current ? "done" : index === current ? "current" : "waiting",
  }));
}

/** What stands around every step of a case: machines, custody, steps, the applicant, troubles, and acts in fixed places. */
export function CaseFrame(props: CaseFrameProps) {
  const { frame, act, isPending, heading, clause, person, primary, other, complaint, children } = props;
  const t = useTranslations();
  useEffect(() => {
    document.title = heading;
  }, [heading]);
  return (
    <>
      <header className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-1">
        <p className="text-dns-16B-130">{t("title")}</p>
        <ul className="flex gap-6 text-dns-14N-130">
          <Machine name={t("frame.agent")} isThere={frame.agent} away={t("frame.agentAway")} />
          <Machine name={t("frame.otherScreen")} isThere={frame.otherScreen} away={t("frame.otherScreenAway")} />
        </ul>
      </header>
      <CustodyBar custody={frame.custody} />
      <div className="grid flex-1 grid-cols-[13.5rem_1fr]">
        <nav aria-label={t("stations.label")} className="border-solid-gray-300 border-r py-3">
          <StepList
            label={t("stations.label")}
            stateNames={{ done: t("stations.done"), current: t("stations.current"), waiting: t("stations.waiting") }}
            steps={stepsOf(frame.station, (station) => t(`stations.${station}`))}
          />
        </nav>
        <main className="flex min-w-0 flex-col gap-3 px-6 py-3">
          {person !== undefined && <PersonBar person={person} />}
          <div className="flex items-baseline justify-between gap-4">
            <h1 className="text-std-24B-150">{heading}</h1>
            {clause !== null && <p className="shrink-0 text-dns-14N-130 text-solid-gray-700">{clause}</p>}
          </div>
          {frame.call !== null && (
            <Banner kind="warning" live="alert" heading={t(`frame.call${frame.call}`)}>
              <div>
                <Button size="dense" shortcut="F1" isPending={isPending} onPress={() => act({ type: "answerCall" })}>
                  {t("frame.answerCall")}
                </Button>
              </div>
            </Banner>
          )}
          {complaint}
          {frame.trouble !== null && (
            <div className="flex flex-col gap-2">
              <ExplanationBanner explanation={frame.trouble} language="ja" kind="warning" />
              {frame.trouble.retrying ? (
                <p className="text-dns-16N-130">{t("frame.retrying")}</p>
              ) : (
                <div>
                  <Button shortcut="F9" isPending={isPending} onPress={() => act({ type: "retry" })}>
                    {t("frame.retry")}
                  </Button>
                </div>
              )}
            </div>
          )}
          {children}
        </main>
      </div>
      <footer className="sticky bottom-0 flex flex-wrap items-center justify-between gap-4 border-solid-gray-420 border-t bg-white px-6 py-2">
        <div className="flex min-h-12 flex-wrap items-center gap-3">{primary}</div>
        <div className="flex flex-wrap items-center gap-2">{other}</div>
      </footer>
    </>
  );
}

function Machine({ name, isThere, away }: { readonly name: string; readonly isThere: boolean; readonly away: string }) {
  const t = useTranslations("frame");
  return (
    <li>
      <span role="status" className={isThere ? "" : "font-700 text-red-1000"}>
        <span aria-hidden="true">{isThere ? "● " : "▲ "}</span>
        {isThere ? `${name}：${t("connected")}` : away}
      </span>
    </li>
  );
}
