"use client";
import { type ReactNode, useRef } from "react";
import { classNames } from "./class-names.ts";
import { KeyCap } from "./key-cap.tsx";
import { type Shortcut, useShortcuts } from "./shortcut.ts";

const kinds = {
  solid:
    "bg-blue-900 text-white border-blue-900 hover:bg-blue-1000 hover:underline active:bg-blue-1200 active:underline",
  outline:
    "bg-white text-blue-900 border-current hover:bg-blue-200 hover:text-blue-1000 hover:underline active:bg-blue-300",
  chosen: "bg-blue-100 text-blue-1200 border-blue-900 ring-2 ring-blue-900 ring-inset",
  danger: "bg-white text-red-1000 border-current hover:bg-red-100 hover:underline active:bg-red-200",
} as const;

const sizes = {
  dense: "min-h-9 px-3 py-1 rounded-6 gap-2 text-oln-16B-100",
  medium: "min-h-12 px-4 py-2 rounded-8 gap-2 text-oln-16B-100",
  touch: "min-h-16 min-w-16 px-6 py-2 rounded-12 gap-4 text-std-24B-150 border-2",
} as const;

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  /** DADS fill button, outline button, or the outline button of an act that ends something. */
  readonly kind?: "solid" | "outline" | "danger";
  /** dense 36 px and medium 48 px for clerks; touch ≥ 64 px for residents. */
  readonly size?: keyof typeof sizes;
  /** Shown as a key cap before the label. */
  readonly shortcut?: Shortcut;
  /** The act is under way: further presses do nothing; the focus stays where it is. */
  readonly isPending?: boolean;
  readonly isWide?: boolean;
  /** For one of several settings: this one holds. */
  readonly isPressed?: boolean;
  readonly focusFirst?: boolean;
  readonly describedBy?: string;
  readonly lang?: string;
  /** `submit` sends the form around it; `onPress` is then not called. */
  readonly type?: "button" | "submit";
}

/** A button of the Digital Agency design system, with an access key for those who work by keyboard alone. */
export function Button({
  children,
  onPress,
  kind = "solid",
  size = "medium",
  shortcut,
  isPending = false,
  isWide = false,
  isPressed,
  focusFirst = false,
  describedBy,
  lang,
  type = "button",
}: ButtonProps) {
  const element = useRef<HTMLButtonElement>(null);
  useShortcuts(shortcut === undefined ? {} : { [shortcut]: () => element.current?.click() });
  return (
    <button
      ref={element}
      type={type}
      lang={lang}
      aria-disabled={isPending || undefined}
      aria-describedby={describedBy}
      aria-keyshortcuts={shortcut}
      aria-pressed={isPressed}
      // biome-ignore lint/a11y/noAutofocus: the first control of a step takes the focus so that keyboard work goes on.
      autoFocus={focusFirst}
      // A key held down from the step before must not press the next step's button.
      onKeyDown={(event) => {
        if (event.repeat) event.preventDefault();
      }}
      onClick={(event) => {
        // Nor may the second click of a double click, which meets the next step's button in the same place.
        if (isPending || event.detail > 1) event.preventDefault();
        else if (type === "button") onPress();
      }}
      className={classNames(
        "inline-flex cursor-pointer touch-manipulation select-none items-center justify-center border text-center",
        "underline-offset-[calc(3/16*1rem)]",
        isPending
          ? "border-transparent bg-solid-gray-300 text-solid-gray-900"
          : kinds[isPressed === true ? "chosen" : kind],
        sizes[size],
        isWide && "w-full",
      )}
    >
      {shortcut !== undefined && <KeyCap>{shortcut === "Escape" ? "Esc" : shortcut}</KeyCap>}
      <span>
        {isPressed === true && <span aria-hidden="true">✓ </span>}
        {children}
      </span>
    </button>
  );
}
