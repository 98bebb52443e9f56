"use client";
import { Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** The key is on the card; the card comes back to the clerk's side for the certificate. */
export function ReceiveCard({ view, ...props }: CaseScreen<"receiveCard">) {
  const t = useTranslations("receiveCard");
  return (
    <Step
      {...props}
      view={view}
      person={view.person}
      heading={t("heading")}
      clause={t("clause")}
      leaving={["suspend", "withdraw", "doubt"]}
      primary={
        <Button shortcut="F5" isPending={props.isPending} onPress={() => props.act({ type: "cardReceived" })}>
          {t("received")}
        </Button>
      }
    >
      <p className="text-std-16N-170">{t("body")}</p>
    </Step>
  );
}
