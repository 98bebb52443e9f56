/** Tells whoever watches a counter that something there has changed. */
export class ChangeHub {
  readonly #watchers = new Map<string, Set<() => void>>();

  changed(counter: string): void {
    for (const watcher of this.#watchers.get(counter) ?? []) watcher();
  }

  /**
   * What `look` sees now, and again after each change and at least every `everyMs`, as long as it differs from what was
   * told last. Ends with the signal.
   */
  async *watch<T>(
    counter: string,
    look: () => Promise<T>,
    everyMs: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<T> {
    const wake = { up: (): void => {} };
    let stale = true;
    const watcher = (): void => {
      stale = true;
      wake.up();
    };
    const watchers = this.#watchers.get(counter) ?? new Set();
    this.#watchers.set(counter, watchers.add(watcher));
    signal?.addEventListener("abort", watcher);
    let told: string | null = null;
    try {
      while (signal?.aborted !== true) {
        if (stale) {
          stale = false;
          const seen = await look();
          const text = JSON.stringify(seen);
          if (text !== told) yield seen;
          told = text;
          continue;
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(watcher, everyMs);
          wake.up = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    } finally {
      watchers.delete(watcher);
      signal?.removeEventListener("abort", watcher);
    }
  }
}
