"use client";
import type { Custody } from "@mitome/ra";
import { classNames } from "@mitome/ui";
import { useTranslations } from "next-intl";

const holders = ["clerk", "reader", "resident"] as const;

/** 「カードは今だれの手に」, the same on both screens: one of three places is marked; writing adds a warning. */
export function CustodyBar({ custody, isLarge = false }: { readonly custody: Custody; readonly isLarge?: boolean }) {
  const t = useTranslations("custody");
  const where = custody.onReader ? "reader" : custody.holder;
  return (
    <section
      aria-label={t("label")}
      className={classNames(
        "flex flex-wrap items-center gap-x-4 gap-y-1 border-solid-gray-420 border-y bg-solid-gray-50",
        isLarge ? "px-6 py-2 text-std-20N-150" : "px-4 py-1 text-dns-16N-130",
      )}
    >
      <p className="font-700">{t("label")}</p>
      <ol className="flex flex-wrap items-center gap-2">
        {holders.map((holder) => (
          <li
            key={holder}
            aria-current={holder === where || undefined}
            className={classNames(
              "flex items-center gap-2 rounded-full border px-3",
              holder === where
                ? "border-blue-900 bg-blue-900 font-700 text-white forced-colors:outline-2"
                : "border-solid-gray-420 bg-white text-solid-gray-700",
            )}
          >
            <span aria-hidden="true">{holder === where ? "■" : "□"}</span>
            {t(holder)}
          </li>
        ))}
      </ol>
      <p role="status" className="min-h-[1lh] font-700 text-red-1000">
        {custody.doNotRemove ? t("doNotRemove") : ""}
      </p>
    </section>
  );
}
