"use client";
import { Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** The key is made; the card goes to the clerk for the certificate. */
export function GiveCard({ view, ...device }: CaseScreen<"giveCardToClerk">) {
  const t = useTranslations("giveCard");
  return (
    <Stage
      {...device}
      view={view}
      heading={t("heading")}
      acts={
        <Button size="touch" isPending={device.isPending} onPress={() => device.act({ type: "cardGiven" })}>
          {t("given")}
        </Button>
      }
    >
      <p>{t("body")}</p>
    </Stage>
  );
}
