"use client";
import type { ResidentView } from "@mitome/ra";
import { Banner } from "@mitome/ui";
import { useTranslations } from "next-intl";

interface WelcomeProps {
  readonly view: Extract<ResidentView, { readonly screen: "welcome" }>;
  readonly isConnected: boolean;
}

/** Between two people: nothing of anybody, in both languages. */
export function Welcome({ view, isConnected }: WelcomeProps) {
  const t = useTranslations();
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-8 p-8 text-center">
      {!isConnected && <Banner kind="warning" live="status" isLarge heading={t("frame.reconnecting")} />}
      <p className="text-std-24N-150">
        {view.municipality}　{view.counter}
      </p>
      <h1 className="text-std-45B-140">{t("welcome.heading")}</h1>
      <p className="text-std-28N-150">{t("welcome.body")}</p>
      <p lang="en" className="text-std-24N-150 text-solid-gray-700">
        Welcome. When the staff begin, you will be guided here. English is available.
      </p>
    </main>
  );
}
