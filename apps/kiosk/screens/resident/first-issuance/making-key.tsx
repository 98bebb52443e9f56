"use client";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

const steps = ["generate", "setPassword", "proof", "send"] as const;

/** 千葉県運用規程 6-1-2-1: the key comes into being inside the card; what happens there is said in order. */
export function MakingKey({ view, ...device }: CaseScreen<"makingKey">) {
  const t = useTranslations("makingKey");
  return (
    <Stage {...device} view={view} heading={t("heading")} isPastStopping>
      <p role="status">{t("body")}</p>
      <h2 className="text-std-24B-150">{t("steps")}</h2>
      <ol className="list-decimal pl-12">
        {steps.map((step) => (
          <li key={step} className="py-1">
            {t(step)}
          </li>
        ))}
      </ol>
    </Stage>
  );
}
