"use client";
import { useLocale, useTranslations } from "next-intl";
import { ExplanationBanner } from "../../explanation.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** The case ended without a certificate. */
export function Stopped({ view, ...device }: CaseScreen<"stopped">) {
  const t = useTranslations("stopped");
  const language = useLocale() === "en" ? "en" : "ja";
  return (
    <Stage {...device} view={view} heading={t("heading")} isPastStopping>
      <ExplanationBanner explanation={view.explanation} language={language} kind="information" live="status" isLarge />
    </Stage>
  );
}
