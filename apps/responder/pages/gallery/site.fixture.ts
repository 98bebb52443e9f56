import { existsSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { PublicView } from "../public-view.ts";
import { renderNotFound, renderPage } from "../render-page.ts";

const origin = "https://pages.test";

/** The pages of a view in a browser that can reach nothing else. */
export interface Site {
  readonly page: Page;
  /** Violations of the policy, errors, and requests for anything that is not there. */
  readonly faults: string[];
  goto(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Debian's Chromium, headless; root cannot have its sandbox. */
export function launchChromium(): Promise<Browser> {
  const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (path === undefined) throw new Error("Chromium is missing: apt-get install chromium");
  return chromium.launch({
    executablePath: path,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
  });
}

/** Opens the pages of a view, with the headers they are sent with. */
export async function openSite(browser: Browser, view: PublicView, options: BrowserContextOptions): Promise<Site> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const faults: string[] = [];
  await context.route("**", async (route) => {
    const url = new URL(route.request().url());
    if (url.origin !== origin) {
      faults.push(`request to ${url.href}`);
      return route.abort();
    }
    const { status, headers, body } = renderPage(url.pathname, view, origin) ?? renderNotFound(url.pathname, view);
    return route.fulfill({ status, headers, body });
  });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  return {
    page,
    faults,
    goto: async (path) => {
      await page.goto(origin + path);
    },
    close: () => context.close(),
  };
}

/** What axe finds (WCAG 2.2 A and AA, and good practice), one line a finding. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
}
