"use client";
import { useTranslations } from "next-intl";
import { ExplanationBanner } from "../../explanation.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** The applicant's card is laid on the reader; whether it can take a certificate shows by itself. */
export function PlaceCard({ view, ...props }: CaseScreen<"placeCard">) {
  const t = useTranslations("placeCard");
  return (
    <Step {...props} view={view} heading={t("heading")} clause={t("clause")} leaving={["suspend", "withdraw"]}>
      <p className="text-std-16N-170">{t("body")}</p>
      {view.unsuitable === null ? (
        <p role="status" className="text-dns-17B-130">
          {view.custody.onReader ? t("reading") : t("waiting")}
        </p>
      ) : (
        <ExplanationBanner explanation={view.unsuitable} language="ja" />
      )}
    </Step>
  );
}
