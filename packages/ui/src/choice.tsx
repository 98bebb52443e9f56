"use client";
import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox, Label, Radio, RadioGroup } from "react-aria-components";
import { KeyCap } from "./key-cap.tsx";

export interface Choice {
  readonly value: string;
  readonly label: ReactNode;
  /** What follows from choosing this. */
  readonly support?: ReactNode;
  /** The key that chooses it, shown as a cap; the screen around it listens. */
  readonly keyCap?: string;
}

export interface ChoiceGroupProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: string | null;
  readonly onChange: (value: string) => void;
  readonly focusFirst?: boolean;
  readonly columns?: 1 | 2 | 3;
}

const columnClasses = { 1: "grid-cols-1", 2: "grid-cols-2", 3: "grid-cols-3" } as const;

/** One of several, by arrow keys or by pointing (DADS radio buttons). */
export function ChoiceGroup({ label, choices, value, onChange, focusFirst = false, columns = 1 }: ChoiceGroupProps) {
  return (
    <RadioGroup value={value} onChange={onChange} className="flex flex-col gap-2">
      <Label className="text-dns-16B-130">{label}</Label>
      <div className={`grid gap-x-4 gap-y-1 ${columnClasses[columns]}`}>
        {choices.map((choice, index) => (
          <Radio
            key={choice.value}
            value={choice.value}
            autoFocus={focusFirst && index === 0}
            className="group flex min-h-8 cursor-pointer items-center gap-2 rounded-4 px-1 text-dns-16N-130 data-focus-visible:outline-4 data-focus-visible:outline-offset-2 data-focus-visible:outline-black data-focus-visible:ring-2 data-focus-visible:ring-yellow-300"
          >
            <span
              aria-hidden="true"
              className="flex size-5 shrink-0 items-center justify-center rounded-full border-2 border-solid-gray-600 bg-white group-data-selected:border-blue-900 forced-colors:border-[ButtonText]"
            >
              <span className="size-2.5 rounded-full group-data-selected:bg-blue-900 forced-colors:group-data-selected:bg-[Highlight]" />
            </span>
            {choice.keyCap !== undefined && <KeyCap>{choice.keyCap}</KeyCap>}
            <span>{choice.label}</span>
            {choice.support !== undefined && (
              <span className="text-dns-14N-130 text-solid-gray-700">{choice.support}</span>
            )}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

export interface CheckboxProps {
  readonly children: ReactNode;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly keyCap?: string;
}

/** Yes or no (DADS checkbox). */
export function Checkbox({ children, isSelected, onChange, keyCap }: CheckboxProps) {
  return (
    <AriaCheckbox
      isSelected={isSelected}
      onChange={onChange}
      className="group flex min-h-8 cursor-pointer items-center gap-2 rounded-4 px-1 text-dns-16N-130 data-focus-visible:outline-4 data-focus-visible:outline-offset-2 data-focus-visible:outline-black data-focus-visible:ring-2 data-focus-visible:ring-yellow-300"
    >
      <span
        aria-hidden="true"
        className="flex size-5 shrink-0 items-center justify-center rounded-4 border-2 border-solid-gray-600 bg-white text-oln-14B-100 text-white group-data-selected:border-blue-900 group-data-selected:bg-blue-900"
      >
        {isSelected ? "✓" : ""}
      </span>
      {keyCap !== undefined && <KeyCap>{keyCap}</KeyCap>}
      <span>{children}</span>
    </AriaCheckbox>
  );
}
