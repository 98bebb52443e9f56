"use client";
import type { SuspendedCase } from "@mitome/ra";
import { Banner, Button, type Shortcut } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect } from "react";
import { formatInstant } from "../calendar.ts";
import { kiosk } from "../kiosk-client.ts";
import type { DeskScreen } from "./act.ts";
import { PrintButton } from "./print-button.tsx";

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const satisfies Shortcut[];

interface MenuProps extends DeskScreen<"menu"> {
  readonly onSessionChange: () => void;
  readonly children: ReactNode;
}

/** Between two people: begin, take up again what was left, reprint the last one's papers, lock. */
export function Menu({ view, act, isPending, onSessionChange, children }: MenuProps) {
  const t = useTranslations();
  useEffect(() => {
    document.title = t("menu.heading");
  }, [t]);
  return (
    <>
      <header className="flex flex-wrap items-center justify-between gap-4 border-solid-gray-420 border-b px-6 py-2">
        <p className="text-dns-16B-130">
          {view.municipality}　{view.counter}
        </p>
        <div className="flex items-center gap-4">
          <p className="text-dns-16N-130">{view.clerkName}</p>
          <Button
            kind="outline"
            size="dense"
            shortcut="F10"
            onPress={() => void kiosk.session.lock.mutate().then(onSessionChange, () => undefined)}
          >
            {t("menu.lock")}
          </Button>
          <Button
            kind="outline"
            size="dense"
            onPress={() => void kiosk.session.logout.mutate().then(onSessionChange, () => undefined)}
          >
            {t("session.logOut")}
          </Button>
        </div>
      </header>
      <main className="flex flex-col gap-6 p-6">
        <h1 className="text-std-28B-150">{t("menu.heading")}</h1>
        {children}
        {!view.agent && <Banner kind="warning" live="status" heading={t("frame.agentAway")} />}
        {!view.otherScreen && <Banner kind="warning" live="status" heading={t("frame.otherScreenAway")} />}
        <div>
          <Button shortcut="F2" isPending={isPending} onPress={() => act({ type: "startNew" })}>
            {t("menu.startNew")}
          </Button>
        </div>
        <section aria-labelledby="suspended" className="flex flex-col gap-2">
          <h2 id="suspended" className="text-std-20B-150">
            {t("menu.suspended")}
          </h2>
          {view.suspended.length === 0 ? (
            <p className="text-dns-16N-130">{t("menu.noSuspended")}</p>
          ) : (
            <ul className="flex flex-col">
              {view.suspended.map((suspended, index) => (
                <Suspended
                  key={suspended.caseId}
                  suspended={suspended}
                  shortcut={digits[index]}
                  onResume={() => act({ type: "resume", caseId: suspended.caseId })}
                />
              ))}
            </ul>
          )}
        </section>
        {view.last !== null && (
          <section aria-labelledby="last" className="flex flex-col gap-2">
            <h2 id="last" className="text-std-20B-150">
              {t("menu.last")}
            </h2>
            <p className="text-dns-16N-130">{t("menu.lastSerial", { serial: view.last.serial })}</p>
            <div className="flex gap-2">
              <PrintButton caseId={view.last.caseId} kind="certificateCopy" />
              <PrintButton caseId={view.last.caseId} kind="receipt" />
              <PrintButton caseId={view.last.caseId} kind="application" />
            </div>
          </section>
        )}
      </main>
    </>
  );
}

interface SuspendedProps {
  readonly suspended: SuspendedCase;
  readonly shortcut: Shortcut | undefined;
  readonly onResume: () => void;
}

function Suspended({ suspended, shortcut, onResume }: SuspendedProps) {
  const t = useTranslations();
  return (
    <li className="grid grid-cols-[8rem_1fr_14rem_16rem] items-center gap-4 border-solid-gray-300 border-b py-1 text-dns-16N-130">
      <Button kind="outline" size="dense" onPress={onResume} {...(shortcut === undefined ? {} : { shortcut })}>
        {t("menu.resume")}
      </Button>
      <span>{suspended.name ?? t("menu.nameless")}</span>
      <span>{t(`stations.${suspended.station}`)}</span>
      <span>{t("menu.since", { when: formatInstant(suspended.since) })}</span>
    </li>
  );
}
