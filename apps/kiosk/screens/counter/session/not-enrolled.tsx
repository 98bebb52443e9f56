"use client";
import { Banner } from "@mitome/ui";
import { useTranslations } from "next-intl";

/** A browser that is no screen of this counter gets nothing but the way to become one. */
export function NotEnrolled({ isResidentScreen = false }: { readonly isResidentScreen?: boolean }) {
  const t = useTranslations();
  return (
    <main className="mx-auto flex max-w-xl flex-col gap-6 px-6 py-16">
      <h1 className="text-std-28B-150">{t("title")}</h1>
      <Banner kind="warning" heading={t(isResidentScreen ? "session.wrongScreen" : "session.notEnrolled")}>
        <p className="text-dns-16N-130">{t("session.notEnrolledNext")}</p>
      </Banner>
    </main>
  );
}
