/** What ./mitome prints for people: one line a step, with what it is doing, then what came of it. */

const colour = process.stdout.isTTY === true;
const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Something ./mitome cannot go on from, with what the person at the keyboard should do next. */
export class CannotGoOn extends Error {
  readonly next: readonly string[];
  constructor(what: string, ...next: string[]) {
    super(what);
    this.name = "CannotGoOn";
    this.next = next;
  }
}

/** Prints a plain line. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a heading above the steps that follow. */
export function heading(line: string): void {
  say(paint(1, line));
}

export const tick = (): string => paint(32, "✓");
export const cross = (): string => paint(31, "✗");
export const note = (): string => paint(33, "!");

/**
 * Runs one named step and prints one line for it: a tick with the seconds it took, or a cross.
 * On a terminal the name stands there while the step runs. What the step returns is returned.
 */
export async function step<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const from = performance.now();
  const seconds = (): string => paint(2, `${((performance.now() - from) / 1000).toFixed(1)} s`);
  if (colour) process.stdout.write(`${paint(2, "·")} ${name} …\r`);
  try {
    const result = await work();
    say(`${tick()} ${name} ${seconds()}${colour ? "\u001b[K" : ""}`);
    return result;
  } catch (problem) {
    say(`${cross()} ${name} ${seconds()}${colour ? "\u001b[K" : ""}`);
    throw problem;
  }
}
