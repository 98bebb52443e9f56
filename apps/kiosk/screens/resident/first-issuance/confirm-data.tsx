"use client";
import { Button, DescriptionList } from "@mitome/ui";
import { useLocale, useTranslations } from "next-intl";
import type { CaseScreen } from "./case-screen.ts";
import { Stage } from "./stage.tsx";

/** The resident reads what the certificate will say; 「ちがいます」 stops the clerk's screen at once. */
export function ConfirmData({ view, ...device }: CaseScreen<"confirmData">) {
  const t = useTranslations("confirmData");
  const language = useLocale() === "en" ? "en" : "ja";
  const { person } = view;
  const record = (text: string) => <span lang="ja">{text}</span>;
  return (
    <Stage
      {...device}
      view={view}
      heading={t("heading")}
      acts={
        <>
          <Button size="touch" isPending={device.isPending} onPress={() => device.act({ type: "confirmData" })}>
            {t("yes")}
          </Button>
          <Button
            size="touch"
            kind="outline"
            isPending={device.isPending}
            onPress={() => device.act({ type: "disputeData" })}
          >
            {t("no")}
          </Button>
        </>
      }
    >
      <p>{t("body")}</p>
      <DescriptionList
        isLarge
        items={[
          { term: t("name"), description: record(person.name) },
          { term: t("furigana"), description: record(person.furigana) },
          ...(person.alias === null ? [] : [{ term: t("alias"), description: record(person.alias) }]),
          { term: t("dateOfBirth"), description: record(person.dateOfBirth) },
          { term: t("gender"), description: person.gender[language] },
          { term: t("address"), description: record(person.address) },
        ]}
      />
    </Stage>
  );
}
