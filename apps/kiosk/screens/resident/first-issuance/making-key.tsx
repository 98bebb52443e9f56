"use client";
import { keySteps } from "@mitome/ra/views";
import { StepList } from "@mitome/ui";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** 千葉県運用規程 6-1-2-1: the key comes into being inside the card; what happens there is said as it happens. */
export function MakingKey({ view, ...device }: CaseScreen<"makingKey">) {
  const t = useTranslations("makingKey");
  const current = keySteps.indexOf(view.step);
  const stateOf = (index: number) => (index < current ? "done" : index === current ? "current" : "waiting");
  return (
    <Stage {...device} view={view} heading={t("heading")} isPastStopping>
      <p>{t("body")}</p>
      <h2 className="text-std-24B-150">{t("steps")}</h2>
      <StepList
        label={t("steps")}
        stateNames={{ done: t("done"), current: t("current"), waiting: t("waiting") }}
        steps={keySteps.map((step, index) => ({ label: t(step), state: stateOf(index) }))}
        isLarge
      />
      {/* Read out when it changes; the list shows the same to the eye. */}
      <p role="status" className="sr-only">
        {t("current")}: {t(view.step)}
      </p>
    </Stage>
  );
}
