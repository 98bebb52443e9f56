"use client";
import { useTranslations } from "next-intl";

/** A browser that is no resident's screen of this counter. */
export function NotThisScreen({ reason }: { readonly reason: "notEnrolled" | "wrongScreen" }) {
  const t = useTranslations();
  return (
    <main className="flex flex-col gap-6 p-8">
      <h1 className="text-std-32B-150">{t("title")}</h1>
      <p className="text-std-24N-150">{t(reason)}</p>
    </main>
  );
}
