"use client";
import { Banner, Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { CaseScreen } from "./case-screen.ts";
import { ComparedRow, EditedRow } from "./compared-row.tsx";
import { Step } from "./step.tsx";

const digits = ["1", "2", "3", "4", "5"] as const;

/** 千葉県運用規程 3-1-9: the form and the register are compared item by item and character by character. */
export function Compare({ view, ...props }: CaseScreen<"compare">) {
  const t = useTranslations();
  const [editing, setEditing] = useState<string | null>(null);
  const open = view.items.filter((item) => !item.confirmed).length;
  const cannotConfirm = view.items.some((item) => item.verdict === "different");
  return (
    <Step
      {...props}
      view={view}
      heading={t("compare.heading")}
      clause={t("compare.clause")}
      leaving={["back", "suspend", "withdraw", "doubt"]}
      primary={
        view.ready ? (
          <Button shortcut="F8" isPending={props.isPending} onPress={() => props.act({ type: "finishComparison" })}>
            {t("compare.finish")}
          </Button>
        ) : (
          <p className="text-dns-16N-130">{t("compare.open", { count: open })}</p>
        )
      }
    >
      <p className="text-dns-16N-130">{t("compare.body")}</p>
      {view.disputed && <Banner kind="error" live="alert" heading={t("compare.disputed")} />}
      {cannotConfirm && <Banner kind="error" live="alert" heading={t("compare.cannotConfirm")} />}
      <table className="w-full table-fixed border-collapse text-std-17N-170">
        <thead>
          <tr className="border-solid-gray-600 border-b text-left text-dns-14B-130">
            <th scope="col" className="w-24 py-1">
              {t("compare.item")}
            </th>
            <th scope="col">{t("compare.register")}</th>
            <th scope="col">{t("compare.application")}</th>
            <th scope="col" className="w-32">
              {t("compare.verdict")}
            </th>
            <th scope="col" className="w-[21rem]">
              {t("compare.confirm")}
            </th>
          </tr>
        </thead>
        <tbody>
          {view.items.map((item, index) =>
            editing === item.item ? (
              <EditedRow
                key={item.item}
                label={t(`person.${item.item}`)}
                text={item.applicationText}
                onCancel={() => setEditing(null)}
                onSave={(text) => {
                  setEditing(null);
                  props.act({ type: "enterItem", item: item.item, text });
                }}
              />
            ) : (
              <ComparedRow
                key={item.item}
                compared={item}
                shortcut={digits[index]}
                onConfirm={() => props.act({ type: "confirmItem", item: item.item })}
                onEdit={() => setEditing(item.item)}
              />
            ),
          )}
          {editing === "furigana" ? (
            <EditedRow
              label={t("person.furigana")}
              text={view.furigana}
              onCancel={() => setEditing(null)}
              onSave={(text) => {
                setEditing(null);
                props.act({ type: "enterFurigana", text });
              }}
            />
          ) : (
            <tr className="border-solid-gray-300 border-b">
              <th scope="row" className="py-1.5 text-left text-dns-16N-130">
                {t("person.furigana")}
              </th>
              <td colSpan={2}>{view.furigana}</td>
              <td />
              <td>
                <Button kind="outline" size="dense" onPress={() => setEditing("furigana")}>
                  {t("compare.editFurigana")}
                </Button>
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </Step>
  );
}
