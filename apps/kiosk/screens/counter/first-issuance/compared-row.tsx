"use client";
import type { ComparedItem, Segment } from "@mitome/ra";
import { Button, type Shortcut, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";

interface ComparedRowProps {
  readonly compared: ComparedItem;
  readonly shortcut: Shortcut | undefined;
  readonly onConfirm: () => void;
  readonly onEdit: () => void;
}

/** One item of the four: both sides with their differences, why they differ, and the key that confirms it. */
export function ComparedRow({ compared, shortcut, onConfirm, onEdit }: ComparedRowProps) {
  const t = useTranslations();
  const item = t(`person.${compared.item}`);
  return (
    <tr className="border-solid-gray-300 border-b align-top">
      <th scope="row" className="py-1.5 text-left text-dns-16B-130">
        {item}
      </th>
      <td className="py-1 pr-3">
        <Characters segments={compared.register} />
      </td>
      <td className="py-1 pr-3">
        <Characters segments={compared.application} />
      </td>
      <td className="py-1.5 text-dns-16N-130">
        <Verdict compared={compared} />
      </td>
      <td className="py-1">
        <div className="flex flex-wrap items-start gap-1">
          {compared.confirmed ? (
            <p className="flex min-h-9 w-24 items-center text-dns-16B-130 text-success-2">✓ {t("compare.confirmed")}</p>
          ) : (
            compared.verdict !== "different" && (
              <Button size="dense" onPress={onConfirm} {...(shortcut === undefined ? {} : { shortcut })}>
                {t(compared.verdict === "spelling" ? "compare.acceptSpelling" : "compare.confirm")}
                <span className="sr-only">{item}</span>
              </Button>
            )
          )}
          <Button kind="outline" size="dense" onPress={onEdit}>
            {t("compare.edit")}
            <span className="sr-only">{item}</span>
          </Button>
        </div>
      </td>
    </tr>
  );
}

function Verdict({ compared }: { readonly compared: ComparedItem }) {
  const t = useTranslations("compare");
  if (compared.verdict === "same") return <p>{t("same")}</p>;
  const isHard = compared.verdict === "different";
  return (
    <>
      <p className={isHard ? "font-700 text-red-1000" : "font-700 text-warning-orange-2"}>
        {t(isHard ? "differentVerdict" : "spelling")}
      </p>
      <ul>
        {compared.differences.map((difference) => (
          <li key={difference.ja} className="text-dns-14N-130">
            {difference.ja}
          </li>
        ))}
      </ul>
    </>
  );
}

const markClasses = {
  soft: "bg-yellow-100 text-solid-gray-900 underline decoration-dotted decoration-2 underline-offset-4",
  hard: "bg-red-100 font-700 text-red-1200 underline decoration-2 decoration-wavy underline-offset-4",
} as const;

/** Characters that differ are marked by colour, line and, for screen readers, by word. */
function Characters({ segments }: { readonly segments: readonly Segment[] }) {
  const t = useTranslations("compare");
  let position = 0;
  const runs = segments.map((segment) => {
    const run = { ...segment, position };
    position += segment.text.length + 1;
    return run;
  });
  return (
    <p className="break-all">
      {runs.map((run) =>
        run.kind === "same" ? (
          <span key={run.position}>{run.text}</span>
        ) : (
          <mark key={run.position} className={markClasses[run.kind]}>
            <span className="sr-only">［{t(run.kind === "soft" ? "softMark" : "hardMark")}］</span>
            {run.text === "" ? "□" : run.text}
          </mark>
        ),
      )}
    </p>
  );
}

interface EditedRowProps {
  readonly label: string;
  readonly text: string;
  readonly onSave: (text: string) => void;
  readonly onCancel: () => void;
}

/** What the form says, typed where it differs from the register. Enter keeps it, Escape leaves it. */
export function EditedRow({ label, text: before, onSave, onCancel }: EditedRowProps) {
  const t = useTranslations("compare");
  const [text, setText] = useState(before);
  return (
    <tr className="border-solid-gray-300 border-b">
      <td colSpan={5} className="py-2">
        <form
          noValidate
          className="flex items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (text !== "") onSave(text);
          }}
        >
          <TextField
            label={t("fieldOf", { item: label })}
            value={text}
            onChange={setText}
            focusFirst
            widthInCharacters={28}
          />
          <Button type="submit" size="dense" onPress={() => onSave(text)}>
            {t("save")}
          </Button>
          <Button kind="outline" size="dense" shortcut="Escape" onPress={onCancel}>
            {t("cancel")}
          </Button>
        </form>
      </td>
    </tr>
  );
}
