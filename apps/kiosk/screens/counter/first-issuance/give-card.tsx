"use client";
import { Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** 千葉県運用規程 6-1-2-1: from here the resident makes the key; the card and the turn go to the other screen. */
export function GiveCard({ view, ...props }: CaseScreen<"giveCard">) {
  const t = useTranslations("giveCard");
  return (
    <Step
      {...props}
      view={view}
      person={view.person}
      heading={t("heading")}
      clause={t("clause")}
      leaving={["back", "suspend", "withdraw", "doubt"]}
      primary={
        <Button shortcut="F5" isPending={props.isPending} onPress={() => props.act({ type: "giveCard" })}>
          {t("give")}
        </Button>
      }
    >
      <p className="text-std-16N-170">{t("body")}</p>
    </Step>
  );
}
