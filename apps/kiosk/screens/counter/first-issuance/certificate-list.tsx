"use client";
import type { CertificateView } from "@mitome/ra";
import { DescriptionList } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { formatHex, formatInstant } from "../../calendar.ts";

/** What was issued, as both people may read it. */
export function CertificateList({ certificate }: { readonly certificate: CertificateView }) {
  const t = useTranslations("certificate");
  return (
    <DescriptionList
      items={[
        { term: t("serial"), description: <code className="break-all">{formatHex(certificate.serial)}</code> },
        { term: t("issuer"), description: certificate.issuer },
        { term: t("notBefore"), description: formatInstant(certificate.notBefore) },
        { term: t("notAfter"), description: formatInstant(certificate.notAfter) },
      ]}
    />
  );
}
