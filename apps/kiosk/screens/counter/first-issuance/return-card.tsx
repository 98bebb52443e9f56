"use client";
import { Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { CertificateList } from "./certificate-list.tsx";
import { Step } from "./step.tsx";

/** 千葉県運用規程 4-3-1: the card goes back to its owner with the certificate on it. */
export function ReturnCard({ view, ...props }: CaseScreen<"returnCard">) {
  const t = useTranslations("returnCard");
  return (
    <Step
      {...props}
      view={view}
      heading={t("heading")}
      clause={t("clause")}
      leaving={["suspend"]}
      primary={
        <Button shortcut="F8" isPending={props.isPending} onPress={() => props.act({ type: "cardReturned" })}>
          {t("returned")}
        </Button>
      }
    >
      <p className="text-std-16N-170">{t("body")}</p>
      <CertificateList certificate={view.certificate} />
    </Step>
  );
}
