"use client";
import { useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { CertificateList } from "./certificate-list.tsx";
import { Step } from "./step.tsx";

/** 千葉県運用規程 4-3-2: the resident reads and acknowledges each notice on the other screen. */
export function Notices({ view, ...props }: CaseScreen<"notices">) {
  const t = useTranslations("notices");
  return (
    <Step {...props} view={view} heading={t("heading")} clause={t("clause")} leaving={["suspend"]}>
      <p role="status" className="text-std-20B-150">
        {t("count", { acknowledged: view.acknowledged, total: view.total })}
      </p>
      <p className="text-std-16N-170">{t("body")}</p>
      <CertificateList certificate={view.certificate} />
    </Step>
  );
}
