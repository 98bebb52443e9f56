/** `node gallery/screenshots.ts <directory>`: every state of both screens as PNG, to be looked at. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "./browser.ts";
import { clerkExhibits } from "./clerk-exhibits.ts";
import { type Gallery, startGallery } from "./gallery.ts";
import { residentExhibits } from "./resident-exhibits.ts";

const [directory = "screenshots", only] = process.argv.slice(2);
const place = { kind: "clerk", counter: "窓口1", municipality: "千葉市" } as const;
const clerk = { account: "hanako", name: "千葉　花子" };

async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(150);
  await page.evaluate(() => document.fonts.ready);
}

async function clerkScreens(gallery: Gallery, page: Page, size: string): Promise<void> {
  for (const state of ["notEnrolled", "signedOut", "mustChangePassword", "locked"] as const) {
    gallery.show({ me: { screen: state === "notEnrolled" ? null : place, clerk, state } });
    await page.goto(`${gallery.url}/counter`);
    await page.waitForSelector("h1");
    await settle(page);
    await page.screenshot({ path: join(directory, `clerk-${size}-session-${state}.png`) });
  }
  gallery.show({ me: { screen: place, clerk, state: "open" } });
  await page.goto(`${gallery.url}/counter`);
  for (const [name, clerkView] of Object.entries(clerkExhibits)) {
    gallery.show({ clerk: clerkView });
    await settle(page);
    await page.screenshot({ path: join(directory, `clerk-${size}-${name}.png`) });
  }
}

async function residentScreens(gallery: Gallery, page: Page, label: string, change: object): Promise<void> {
  gallery.show({ me: { screen: { ...place, kind: "resident" }, clerk: null, state: "open" } });
  await page.goto(`${gallery.url}/resident`);
  for (const [name, view] of Object.entries(residentExhibits)) {
    gallery.show({ resident: { ...view, ...change } });
    await settle(page);
    await page.screenshot({ path: join(directory, `resident-${label}-${name}.png`) });
    if (name !== "password") continue;
    await page.locator("footer button").first().click();
    await page.keyboard.type("KAZE7");
    await page.locator("footer button").first().click();
    await settle(page);
    await page.screenshot({ path: join(directory, `resident-${label}-passwordFirst.png`) });
  }
}

await mkdir(directory, { recursive: true });
const gallery = await startGallery();
const browser = await launchChromium();
for (const [width, height] of [
  [1280, 800],
  [1920, 1080],
] as const) {
  if (only !== undefined && only !== "clerk") break;
  const page = await browser.newPage({ viewport: { width, height } });
  await clerkScreens(gallery, page, `${width}`);
  await page.close();
}
for (const [width, height, change] of [
  [1280, 800, { language: "ja", textSize: "normal" }],
  [1080, 1920, { language: "ja", textSize: "large" }],
  [1280, 800, { language: "en", textSize: "normal" }],
  [1280, 800, { language: "ja", textSize: "largest" }],
] as const) {
  if (only !== undefined && only !== "resident") break;
  const page = await browser.newPage({ viewport: { width, height } });
  await residentScreens(gallery, page, `${width}-${change.language}-${change.textSize}`, change);
  await page.close();
}
await browser.close();
await gallery.close();
