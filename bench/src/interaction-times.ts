import type { BrowserContext } from "playwright-core";

/** What Chromium's Event Timing says of the presses and clicks on the pages of one browser context. */
export interface InteractionTimes {
  /**
   * One duration in milliseconds an interaction, from the press to the next paint (the measure behind INP). Chromium reports
   * none below 16 ms: those count as 16.
   */
  durations(): readonly number[];
}

const SHORTEST = 16;

/** Begins to watch every page that the context opens from now on. */
export async function watchInteractions(context: BrowserContext): Promise<InteractionTimes> {
  let presses = 0;
  const longest = new Map<string, number>();
  await context.exposeBinding("mitomePressed", () => {
    presses += 1;
  });
  await context.exposeBinding("mitomeInteraction", ({ page }, id: number, duration: number) => {
    const key = `${page.url()} ${id}`;
    longest.set(key, Math.max(longest.get(key) ?? 0, duration));
  });
  await context.addInitScript(observe);
  return {
    durations: () => {
      const reported = [...longest.values()];
      return [...reported, ...new Array<number>(Math.max(0, presses - reported.length)).fill(SHORTEST)];
    },
  };
}

/** Runs in the page. */
const observe = `(() => {
  for (const kind of ["keydown", "pointerdown"]) {
    addEventListener(kind, (event) => event.isTrusted && !event.repeat && mitomePressed(), { capture: true, passive: true });
  }
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) {
      if (interactionId) mitomeInteraction(interactionId, duration);
    }
  }).observe({ type: "event", durationThreshold: ${SHORTEST}, buffered: true });
})();`;
