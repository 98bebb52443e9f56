"use client";
import { Button, type Shortcut } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { PrintButton } from "../print-button.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { CertificateList } from "./certificate-list.tsx";
import { Step } from "./step.tsx";

const digits = ["1", "2", "3"] as const satisfies Shortcut[];

/** 千葉県運用規程 4-3-1 and 2-1-3(13): the printed copy is handed over and the fee received; each paper prints again at will. */
export function Papers({ view, ...props }: CaseScreen<"papers">) {
  const t = useTranslations("papers");
  return (
    <Step
      {...props}
      view={view}
      heading={t("heading")}
      clause={t("clause")}
      leaving={["suspend"]}
      primary={
        <>
          {view.feeReceived ? (
            <p className="text-dns-16B-130 text-success-2">✓ {t("feeReceived")}</p>
          ) : (
            <Button shortcut="F5" isPending={props.isPending} onPress={() => props.act({ type: "feeReceived" })}>
              {t("fee", { yen: view.feeYen })}
            </Button>
          )}
          {view.copyGiven ? (
            <p className="text-dns-16B-130 text-success-2">✓ {t("copyGivenDone")}</p>
          ) : (
            <Button shortcut="F8" isPending={props.isPending} onPress={() => props.act({ type: "copyGiven" })}>
              {t("copyGiven")}
            </Button>
          )}
        </>
      }
    >
      <section aria-labelledby="documents" className="flex flex-col gap-2">
        <h2 id="documents" className="text-dns-17B-130">
          {t("documents")}
        </h2>
        <div className="flex flex-wrap gap-3">
          {view.documents.map((kind, index) => (
            <PrintButton
              key={kind}
              caseId={view.caseId}
              kind={kind}
              {...(digits[index] === undefined ? {} : { shortcut: digits[index] })}
            />
          ))}
        </div>
      </section>
      <CertificateList certificate={view.certificate} />
    </Step>
  );
}
