"use client";
import { useLocale, useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** 千葉県運用規程 4-3-1 and 2-1-3(17): card and printed copy come from the clerk; where the client software is to be had. */
export function TakeCard({ view, ...device }: CaseScreen<"takeCardAndPapers">) {
  const t = useTranslations("takeCard");
  const language = useLocale() === "en" ? "en" : "ja";
  const { clientSoftware } = view;
  return (
    <Stage {...device} view={view} heading={t("heading")} isPastStopping>
      <p>{t("body")}</p>
      <article className="flex flex-col gap-2 rounded-12 border border-solid-gray-420 p-6">
        <h2 className="text-std-24B-150">{clientSoftware.heading[language]}</h2>
        <p>{clientSoftware.body[language]}</p>
      </article>
    </Stage>
  );
}
