"use client";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** The other side is at work. */
export function Wait({ view, ...device }: CaseScreen<"wait">) {
  const t = useTranslations("wait");
  return (
    <Stage
      {...device}
      view={view}
      heading={t(`${view.for}Heading`)}
      focusKey={view.for}
      isPastStopping={view.for === "machine"}
    >
      <p role="status">{t(`${view.for}Body`)}</p>
    </Stage>
  );
}
