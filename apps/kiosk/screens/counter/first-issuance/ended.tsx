"use client";
import { Banner, Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { ExplanationBanner } from "../../explanation.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** The case is over, one way or another; F12 clears both screens for the next person. */
export function Ended({ view, ...props }: CaseScreen<"ended">) {
  const t = useTranslations("ended");
  const isDelivered = view.outcome === "delivered";
  return (
    <Step
      {...props}
      view={view}
      heading={t(view.outcome)}
      clause={null}
      leaving={[]}
      primary={
        <Button shortcut="F12" isPending={props.isPending} onPress={() => props.act({ type: "nextPerson" })}>
          {t("next")}
        </Button>
      }
    >
      {view.explanation !== null && (
        <ExplanationBanner explanation={view.explanation} language="ja" kind="information" live="none" />
      )}
      <Banner
        kind={isDelivered ? "success" : "information"}
        live="status"
        heading={t(isDelivered ? "deliveredBody" : "notDeliveredBody")}
      />
    </Step>
  );
}
