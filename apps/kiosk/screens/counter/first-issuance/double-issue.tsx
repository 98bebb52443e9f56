"use client";
import { Button, DescriptionList } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { formatDay } from "../../calendar.ts";
import { ExplanationBanner } from "../../explanation.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** 千葉県運用規程 4-2-3: an eligibility page, not an error: what exists, until when, from where, and what can be done. */
export function DoubleIssue({ view, ...props }: CaseScreen<"doubleIssue">) {
  const t = useTranslations();
  const { certificate } = view;
  return (
    <Step
      {...props}
      view={view}
      heading={t("doubleIssue.heading")}
      clause={t("doubleIssue.clause")}
      leaving={[]}
      primary={
        <Button shortcut="F8" isPending={props.isPending} onPress={() => props.act({ type: "end" })}>
          {t("doubleIssue.end")}
        </Button>
      }
    >
      <ExplanationBanner explanation={view.explanation} language="ja" kind="warning" />
      <DescriptionList
        items={[
          ...(certificate.notBefore === null
            ? []
            : [{ term: t("certificate.notBefore"), description: formatDay(certificate.notBefore) }]),
          { term: t("certificate.notAfter"), description: formatDay(certificate.notAfter) },
          { term: t("doubleIssue.municipality"), description: certificate.municipality },
          { term: t("doubleIssue.serialTail"), description: <code>{certificate.serialTail.toUpperCase()}</code> },
        ]}
      />
      <section aria-labelledby="ways" className="flex flex-col gap-1">
        <h2 id="ways" className="text-dns-17B-130">
          {t("doubleIssue.way")}
        </h2>
        <ul className="list-disc pl-5 text-std-16N-170">
          <li>{t("doubleIssue.wayRenew")}</li>
          <li>{t("doubleIssue.wayRevoke")}</li>
          <li>{t("doubleIssue.wayEnd")}</li>
        </ul>
      </section>
    </Step>
  );
}
