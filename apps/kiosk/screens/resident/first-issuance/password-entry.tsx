"use client";
import type { PasswordRules } from "@mitome/ra";
import { Button, classNames } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useEffect, useId, useState } from "react";

const showFor = 2_000;

interface PasswordEntryProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
  readonly onPaste: () => void;
  readonly rules: PasswordRules;
  readonly error: string | null;
}

/** The field with its rules as a live checklist. A keypad types into it as well as the keys on the screen; nothing is pasted. */
export function PasswordEntry({ label, value, onChange, onEnter, onPaste, rules, error }: PasswordEntryProps) {
  const t = useTranslations("password");
  const id = useId();
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isShown) return;
    const timer = setTimeout(() => setShown(false), showFor);
    return () => clearTimeout(timer);
  }, [isShown]);
  const checks = [
    {
      text: t("ruleLength", { ...rules, count: value.length }),
      isMet: value.length >= rules.minimum && value.length <= rules.maximum,
    },
    { text: t("ruleCharacters"), isMet: value.length > 0 && /^[0-9A-Z]+$/.test(value) },
  ];
  return (
    <form
      noValidate
      className="is-sized flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onEnter();
      }}
    >
      <label htmlFor={id} className="text-std-24B-150">
        {label}
      </label>
      <input
        id={id}
        type={isShown ? "text" : "password"}
        // The keys on the screen are the keyboard; a keypad or keyboard still types here.
        inputMode="none"
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: a keypad types at once; the heading before it is the field's own name.
        autoFocus
        spellCheck={false}
        value={value}
        aria-invalid={error !== null}
        aria-describedby={`${id}-rules ${id}-error`}
        onChange={(event) => onChange(event.target.value)}
        onPaste={(event) => {
          event.preventDefault();
          onPaste();
        }}
        onDrop={(event) => event.preventDefault()}
        onCopy={(event) => event.preventDefault()}
        onCut={(event) => event.preventDefault()}
        className={classNames(
          "h-16 w-full min-w-0 rounded-8 border-2 bg-white px-4 text-std-28B-150 tracking-widest",
          error === null ? "border-solid-gray-600" : "border-red-1000",
        )}
      />
      {/* The place of the reason is kept free, so that nothing moves under a finger when it appears. */}
      <p id={`${id}-error`} role="alert" className="min-h-[3lh] text-std-22B-150 text-red-1000">
        {error === null ? "" : `＊${error}`}
      </p>
      <Button size="touch" kind="outline" isPressed={isShown} onPress={() => setShown(true)}>
        {t("show")}
      </Button>
      <div id={`${id}-rules`} className="flex flex-col gap-2">
        <h2 className="text-std-22B-150">{t("rules")}</h2>
        <ul className="flex flex-col gap-1 text-std-22N-150">
          {checks.map((check, index) => (
            <li key={index} className="flex gap-3">
              <span
                aria-hidden="true"
                className={classNames(
                  "flex size-8 shrink-0 items-center justify-center rounded-full border-2 text-oln-17B-100",
                  check.isMet ? "border-success-2 bg-success-2 text-white" : "border-solid-gray-600",
                )}
              >
                {check.isMet ? "✓" : ""}
              </span>
              <span>
                {check.text}
                <span className="sr-only">（{t(check.isMet ? "ruleMet" : "ruleOpen")}）</span>
              </span>
            </li>
          ))}
        </ul>
      </div>
    </form>
  );
}
