"use client";
import type { PersonView } from "@mitome/ra";
import { useTranslations } from "next-intl";

/** Whose case this is, on every screen from the moment it is known (MoJ identity bar). */
export function PersonBar({ person }: { readonly person: PersonView }) {
  const t = useTranslations();
  return (
    <section
      aria-label={t("frame.applicant")}
      className="flex flex-wrap gap-x-6 gap-y-1 rounded-6 bg-blue-50 px-3 py-1.5 text-dns-16N-130"
    >
      <p className="text-dns-16B-130">
        {person.name}
        {person.alias !== null && `（${person.alias}）`}
      </p>
      <p>{person.furigana}</p>
      <p>{person.dateOfBirth}</p>
      <p>{person.gender.ja}</p>
      <p>{person.address}</p>
    </section>
  );
}
