"use client";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** The resident said stop, or that the data are wrong: a person comes. */
export function ClerkComes({ view, ...device }: CaseScreen<"clerkComes">) {
  const t = useTranslations("clerkComes");
  return (
    <Stage {...device} view={view} heading={t("heading")} isPastStopping>
      <p role="status">{t("body")}</p>
    </Stage>
  );
}
