"use client";
import { type RefObject, useEffect } from "react";

/** A key that presses a button from anywhere on the screen. Function keys always work; a letter or digit works only outside text fields. */
export type Shortcut =
  | `F${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}`
  | "1"
  | "2"
  | "3"
  | "4"
  | "5"
  | "6"
  | "7"
  | "8"
  | "9"
  | "Y"
  | "N"
  | "Escape";

const textInputTypes = new Set(["text", "search", "password", "number", "tel", "email", ""]);

function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && textInputTypes.has(target.type);
}

function matches(event: KeyboardEvent, shortcut: Shortcut): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return false;
  if (event.key.toUpperCase() !== shortcut.toUpperCase()) return false;
  return shortcut.length > 1 || !isTextField(event.target);
}

/**
 * Presses `target` when `shortcut` is typed. The browser's own use of the key (F5 reloads, F12 opens its tools) is
 * suppressed; a key held down presses once.
 */
export function useShortcut(shortcut: Shortcut | undefined, target: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (shortcut === undefined) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!matches(event, shortcut)) return;
      event.preventDefault();
      if (!event.repeat) target.current?.click();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [shortcut, target]);
}
