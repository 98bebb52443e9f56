"use client";
import { Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { PrintButton } from "../print-button.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** 千葉県運用規程 4-1-2: the application form, printed from the register's data, comes back from the applicant. */
export function Application({ view, ...props }: CaseScreen<"application">) {
  const t = useTranslations("application");
  return (
    <Step
      {...props}
      view={view}
      person={view.person}
      heading={t("heading")}
      clause={t("clause")}
      leaving={["back", "suspend", "withdraw", "doubt"]}
      primary={
        <>
          <PrintButton caseId={view.caseId} kind="application" shortcut="1" />
          <Button shortcut="F8" isPending={props.isPending} onPress={() => props.act({ type: "applicationReceived" })}>
            {t("received")}
          </Button>
        </>
      }
    >
      <p className="text-std-16N-170">{t("body")}</p>
    </Step>
  );
}
