"use client";
import type { PointerEvent } from "react";

export interface OnScreenKeyboardProps {
  /** Rows of single characters, as they shall stand. */
  readonly rows: readonly (readonly string[])[];
  readonly onCharacter: (character: string) => void;
  readonly onBackspace: () => void;
  readonly onClear: () => void;
  /** What the keys are called on the screen and by a screen reader. */
  readonly labels: { readonly keyboard: string; readonly backspace: string; readonly clear: string };
}

const keyClasses =
  "flex h-16 min-w-16 flex-1 cursor-pointer touch-manipulation select-none items-center justify-center rounded-8 border-2 border-solid-gray-600 bg-white px-1 text-std-28B-150 text-solid-gray-900 hover:bg-blue-100 active:bg-blue-300";

/** A field that is being typed into keeps the focus and its caret while the keys are touched. */
const keepFocus = (event: PointerEvent) => event.preventDefault();

/**
 * Keys of native buttons, so that each has a role, a name and a tab stop (a keyboard of divs passes axe and helps
 * nobody). Keys are at least 64 px and 8 px apart at every text size.
 */
export function OnScreenKeyboard({ rows, onCharacter, onBackspace, onClear, labels }: OnScreenKeyboardProps) {
  return (
    <fieldset aria-label={labels.keyboard} className="flex flex-col gap-2">
      {rows.map((row) => (
        <div key={row.join("")} className="flex flex-wrap gap-2">
          {row.map((character) => (
            <button
              key={character}
              type="button"
              className={keyClasses}
              onPointerDown={keepFocus}
              onClick={() => onCharacter(character)}
            >
              {character}
            </button>
          ))}
        </div>
      ))}
      <div className="flex flex-wrap gap-2">
        <button type="button" className={keyClasses} onPointerDown={keepFocus} onClick={onBackspace}>
          {labels.backspace}
        </button>
        <button type="button" className={keyClasses} onPointerDown={keepFocus} onClick={onClear}>
          {labels.clear}
        </button>
      </div>
    </fieldset>
  );
}
