"use client";
import { Button, OnScreenKeyboard } from "@mitome/ui";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { ExplanationBanner } from "../../explanation.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { PasswordEntry } from "./password-entry.tsx";
import { type PasswordWeakness, passwordWeakness } from "./password-weakness.ts";
import { sealPassword } from "./seal-password.ts";
import { Stage } from "./stage.tsx";

const keyRows = {
  abc: ["1234567890", "ABCDEFGHI", "JKLMNOPQR", "STUVWXYZ"].map((row) => [...row]),
  qwerty: ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"].map((row) => [...row]),
} as const;

type Trouble = PasswordWeakness | "different" | "noPaste" | "sealFailed";

interface PasswordProps extends CaseScreen<"password"> {
  readonly birthDates: readonly string[];
}

/**
 * 千葉県運用規程 6-4-2-1: the resident alone sets the activation password. It is typed twice here, held in this page's
 * memory only until it is sealed, and leaves the page as ciphertext that the agent alone can open.
 */
export function Password({ view, birthDates, ...device }: PasswordProps) {
  const t = useTranslations("password");
  const language = useLocale() === "en" ? "en" : "ja";
  const { rules, sealingKey } = view;
  const [entry, setEntry] = useState<"intro" | "first" | "second">("intro");
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isSending, setSending] = useState(false);
  const [order, setOrder] = useState<keyof typeof keyRows>("abc");

  const value = entry === "second" ? second : first;
  const setValue = (typed: string) => {
    setTrouble(null);
    // Small letters become capitals, as on the card; anything else is shown and refused in words.
    const next = typed.toUpperCase().slice(0, rules.maximum);
    if (entry === "second") setSecond(next);
    else setFirst(next);
  };
  const startOver = () => {
    setFirst("");
    setSecond("");
    setEntry("first");
  };
  const goOn = () => {
    if (sealingKey === null) return;
    if (entry === "first") {
      const weakness = passwordWeakness(first, rules, { cardNumber: sealingKey.binding.cardNumber, birthDates });
      setTrouble(weakness);
      if (weakness === null) setEntry("second");
    } else if (second !== first) {
      setTrouble("different");
      setSecond("");
    } else void finish();
  };
  const finish = async () => {
    if (sealingKey === null) return;
    setSending(true);
    try {
      const sealedPassword = await sealPassword(first, sealingKey);
      device.act({ type: "setPassword", commandNumber: sealingKey.binding.commandNumber, sealedPassword });
    } catch {
      setTrouble("sealFailed");
    } finally {
      setSending(false);
      setFirst("");
      setSecond("");
      setEntry("intro");
    }
  };

  if (sealingKey === null)
    return (
      <Stage {...device} view={view} heading={t("introHeading")}>
        <p role="status">{t("agentAway")}</p>
      </Stage>
    );
  if (entry === "intro")
    return (
      <Stage
        {...device}
        view={view}
        heading={t("introHeading")}
        acts={
          <Button size="touch" isPending={device.isPending || isSending} onPress={startOver}>
            {t("start")}
          </Button>
        }
      >
        {view.again !== null && <ExplanationBanner explanation={view.again} language={language} isLarge />}
        {trouble === "sealFailed" && <p role="alert">{t("sealFailed")}</p>}
        <ul className="flex list-disc flex-col gap-3 pl-8 text-std-28N-150">
          <li>{t("intro1")}</li>
          <li className="font-700">{t("intro2")}</li>
          <li>{t("intro3")}</li>
        </ul>
      </Stage>
    );
  return (
    <Stage
      {...device}
      view={view}
      heading={t(entry === "first" ? "firstHeading" : "secondHeading")}
      focusKey={entry}
      isFocusTaken
      acts={
        <>
          <Button size="touch" isPending={device.isPending || isSending} onPress={goOn}>
            {t(entry === "first" ? "next" : "finish")}
          </Button>
          {entry === "second" && (
            <Button size="touch" kind="outline" onPress={startOver}>
              {t("restart")}
            </Button>
          )}
        </>
      }
    >
      <div className="is-unsized flex flex-wrap gap-6">
        <div className="min-w-0 flex-[1_1_22rem]">
          <PasswordEntry
            key={entry}
            label={t(entry === "first" ? "field" : "fieldAgain")}
            value={value}
            onChange={setValue}
            onEnter={goOn}
            onPaste={() => setTrouble("noPaste")}
            rules={rules}
            error={trouble === null ? null : t(trouble, { ...rules, count: value.length })}
          />
        </div>
        <div className="flex min-w-0 flex-[2_1_45rem] flex-col gap-3">
          <OnScreenKeyboard
            rows={keyRows[order]}
            labels={{ keyboard: t("keyboard"), backspace: t("backspace"), clear: t("clear") }}
            onCharacter={(character) => setValue(value + character)}
            onBackspace={() => setValue(value.slice(0, -1))}
            onClear={() => setValue("")}
          />
          <fieldset aria-label={t("order")} className="flex flex-wrap gap-2">
            <Button size="touch" kind="outline" isPressed={order === "abc"} onPress={() => setOrder("abc")}>
              {t("orderAbc")}
            </Button>
            <Button size="touch" kind="outline" isPressed={order === "qwerty"} onPress={() => setOrder("qwerty")}>
              {t("orderQwerty")}
            </Button>
          </fieldset>
        </div>
      </div>
    </Stage>
  );
}
