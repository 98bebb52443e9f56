"use client";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** The resident is at work; the clerk sees which step, never what is typed (6-4-2-1). */
export function WithResident({ view, ...props }: CaseScreen<"withResident">) {
  const t = useTranslations("withResident");
  return (
    <Step
      {...props}
      view={view}
      person={view.person}
      heading={t("heading")}
      clause={t("clause")}
      leaving={["suspend", "withdraw", "doubt"]}
    >
      <p role="status" className="text-std-20B-150">
        {t("now", { what: t(view.residentScreen) })}
      </p>
      <p className="text-std-16N-170">{t("body")}</p>
    </Step>
  );
}
