"use client";
import { Button } from "@mitome/ui";
import { useLocale, useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** 千葉県運用規程 4-3-2 and 2-1-3(9): each notice alone on the screen, acknowledged before the next comes. */
export function Notices({ view, ...device }: CaseScreen<"notices">) {
  const t = useTranslations("notices");
  const language = useLocale() === "en" ? "en" : "ja";
  const index = view.notices.findIndex((notice) => !notice.acknowledged);
  const notice = view.notices[index];
  if (notice === undefined) return <Stage {...device} view={view} heading={t("all")} isPastStopping />;
  return (
    <Stage
      {...device}
      view={view}
      heading={t("heading")}
      focusKey={notice.id}
      isPastStopping
      acts={
        <Button
          size="touch"
          isPending={device.isPending}
          onPress={() => device.act({ type: "acknowledge", notice: notice.id })}
        >
          {t("acknowledge")}
        </Button>
      }
    >
      <p>{t("count", { current: index + 1, total: view.notices.length })}</p>
      <article className="flex flex-col gap-4 rounded-12 border-2 border-blue-900 p-6">
        <h2 className="text-std-28B-150">{notice.heading[language]}</h2>
        <p className="text-std-28N-150">{notice.body[language]}</p>
        <p lang="ja" className="text-std-20N-150 text-solid-gray-700">
          {notice.clause}
        </p>
      </article>
    </Stage>
  );
}
