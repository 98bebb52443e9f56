import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "./browser.ts";
import { type Gallery, startGallery } from "./gallery.ts";

/** The gallery, a browser, and everything either met with that it should not have. */
export interface Visit {
  readonly gallery: Gallery;
  readonly browser: Browser;
  /** Policy violations, errors of the page and requests to other origins, in words. */
  readonly faults: string[];
  open(path: "/counter" | "/resident", options?: BrowserContextOptions): Promise<Page>;
  end(): Promise<void>;
}

/** Serves the pages and starts a browser. */
export async function visitGallery(): Promise<Visit> {
  const [gallery, browser] = await Promise.all([startGallery(), launchChromium()]);
  const faults: string[] = [];
  const contexts: BrowserContext[] = [];
  return {
    gallery,
    browser,
    faults,
    open: async (path, options) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        reducedMotion: "reduce",
        ...options,
      });
      contexts.push(context);
      await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) =>
          console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
        );
      });
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(gallery.url) && !/^(blob|data|chrome-extension):/.test(url))
          faults.push(`request to ${url}`);
      });
      await page.goto(gallery.url + path);
      await page.waitForSelector("h1");
      return page;
    },
    end: async () => {
      for (const context of contexts) await context.close();
      await browser.close();
      await gallery.close();
    },
  };
}

/** Waits until the screen shows what was put up and its fonts are there. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await document.fonts.ready;
  });
}

/** What axe finds (WCAG 2.2 A and AA, and good practice), one line a finding. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
}

/**
 * What axe cannot see (UX D7): everything that can be pointed at has a role, a name and a tab stop, is large enough and
 * keeps its distance. Lengths in CSS pixels.
 */
export function targetFaults(page: Page, smallest: number, gap: number): Promise<readonly string[]> {
  return page.evaluate(
    ({ smallest, gap }) => {
      const faults: string[] = [];
      const shown = [...document.querySelectorAll("body *")].filter(
        (element) => element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 1,
      );
      const controls = "button, a[href], input, select, textarea, label, [role=option]";
      for (const element of shown) {
        if (getComputedStyle(element).cursor === "pointer" && element.closest(controls) === null)
          faults.push(`no control: ${element.outerHTML.slice(0, 120)}`);
      }
      const targets = shown.filter((element) =>
        element.matches("button, a[href], input, [role=option], label:has(input)"),
      );
      const named = (element: Element) =>
        element.getAttribute("aria-label") ??
        element.closest("label")?.textContent ??
        ("labels" in element && element.labels instanceof NodeList ? element.labels[0]?.textContent : null) ??
        element.textContent;
      const boxes = targets
        .filter((element) => !(element.matches("input") && element.closest("label") !== null))
        .map((element) => ({ element, box: element.getBoundingClientRect() }));
      for (const { element, box } of boxes) {
        const label = element.outerHTML.slice(0, 120);
        if ((named(element) ?? "").trim() === "") faults.push(`no name: ${label}`);
        if (box.width < smallest || box.height < smallest) faults.push(`${box.width}×${box.height}: ${label}`);
        const stop = element.matches("label") ? element.querySelector("input") : element;
        // Radio buttons and list options share one tab stop: arrows go on from it.
        const shares = stop?.matches("[type=radio], [role=option]") === true;
        if (!shares && (!(stop instanceof HTMLElement) || stop.tabIndex < 0)) faults.push(`no tab stop: ${label}`);
      }
      for (const [index, one] of boxes.entries()) {
        for (const other of boxes.slice(index + 1)) {
          const across = Math.max(one.box.left, other.box.left) - Math.min(one.box.right, other.box.right);
          const down = Math.max(one.box.top, other.box.top) - Math.min(one.box.bottom, other.box.bottom);
          const isBelowFooter = one.element.closest("footer") !== other.element.closest("footer");
          if (!isBelowFooter && Math.max(across, down) < gap - 0.5)
            faults.push(`${Math.max(across, down)} apart: ${one.element.textContent} | ${other.element.textContent}`);
        }
      }
      return faults;
    },
    { smallest, gap },
  );
}
