"use client";
import { Button } from "@mitome/ui";
import { useLocale, useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** 千葉県運用規程 2-1-5 and 6-2-2-2: the duties of a subscriber, agreed to before a key is made. */
export function Terms({ view, ...device }: CaseScreen<"terms">) {
  const t = useTranslations("terms");
  const language = useLocale() === "en" ? "en" : "ja";
  return (
    <Stage
      {...device}
      view={view}
      heading={t("heading")}
      acts={
        <Button
          size="touch"
          isPending={device.isPending}
          onPress={() => device.act({ type: "acceptTerms", version: view.version })}
        >
          {t("accept")}
        </Button>
      }
    >
      <p>{t("body")}</p>
      <ol className="flex flex-col gap-4">
        {view.terms.map((term, index) => (
          <li key={term.id} className="flex gap-4 rounded-12 border border-solid-gray-420 p-4">
            <span aria-hidden="true" className="text-std-28B-150 text-blue-900">
              {index + 1}
            </span>
            <div className="flex flex-col gap-1">
              <h2 className="text-std-24B-150">{term.heading[language]}</h2>
              <p>{term.body[language]}</p>
              <p lang="ja" className="text-std-20N-150 text-solid-gray-700">
                {term.clause}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Stage>
  );
}
