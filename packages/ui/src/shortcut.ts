"use client";
import { useEffect, useEffectEvent } from "react";

const shortcuts = [
  ...(["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12"] as const),
  ...(["1", "2", "3", "4", "5", "6", "7", "8", "9", "Y", "Escape"] as const),
] as const;

/** A key that acts from anywhere on the screen. Function keys always work; a letter or digit works only outside text fields. */
export type Shortcut = (typeof shortcuts)[number];

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
 * Keys that act from anywhere on the screen. The browser's own use of a key (F5 reloads, F12 opens its tools) is
 * suppressed; a key held down acts once.
 */
export function useShortcuts(acts: Readonly<Partial<Record<Shortcut, () => void>>>): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    for (const shortcut of shortcuts) {
      const act = acts[shortcut];
      if (act === undefined || !matches(event, shortcut)) continue;
      event.preventDefault();
      if (!event.repeat) act();
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}
