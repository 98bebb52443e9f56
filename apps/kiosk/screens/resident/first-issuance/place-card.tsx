"use client";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** The card, handed over by the clerk, is laid on the reader; the screen goes on by itself. */
export function PlaceCard({ view, ...device }: CaseScreen<"placeCard">) {
  const t = useTranslations("placeCard");
  return (
    <Stage {...device} view={view} heading={t("heading")}>
      <p>{t("body")}</p>
    </Stage>
  );
}
