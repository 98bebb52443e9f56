"use client";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** The machines are at work: which work it is, in words; nothing spins or counts down. */
export function Working({ view, ...props }: CaseScreen<"working">) {
  const t = useTranslations("working");
  return (
    <Step {...props} view={view} heading={t("heading")} clause={null} leaving={[]}>
      <p role="status" className="text-std-20B-150">
        {t(view.work)}
      </p>
      <p className="text-std-16N-170">{t("body")}</p>
    </Step>
  );
}
