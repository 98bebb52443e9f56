import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fingerprintOf } from "../fingerprint.ts";
import { menu } from "../page-frame.ts";
import { badDay, compromiseDay, goodDay } from "../public-view.fixture.ts";
import { renderPage } from "../render-page.ts";
import { axeFindings, launchChromium, openSite, type Site } from "./site.fixture.ts";

const sheet = `/certificates/${fingerprintOf(goodDay.certificates[1]?.der ?? new Uint8Array(), "SHA-256")}`;
const paths = [
  ...menu.map(([path]) => [path, path]),
  ["a certificate's sheet", sheet],
  ...["/statement/1.8..1.9", "/provision-reports/2025", "/accessibility", "/not-there"].map((path) => [path, path]),
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.each([
  // WCAG 2.2, 1.4.10: what a desk of 1280 pixels shows at four times its size.
  ["a telephone", { width: 320, height: 640 }],
  ["a desk", { width: 1280, height: 800 }],
] as const)("on the screen of %s", (_place, viewport) => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite(browser, goodDay, { viewport });
  });
  afterAll(() => site?.close());

  it.each(paths)("%s has no finding of axe and is no wider than the screen", async (_, path = "") => {
    await site.goto(path);
    expect(await axeFindings(site.page)).toEqual([]);
    expect(await site.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(viewport.width);
  });

  it("asks for nothing but pages and their one style sheet, under the policy they are sent with", () => {
    expect(site.faults.filter((fault) => !fault.includes("404"))).toEqual([]);
  });

  it.each([
    ["bad", badDay, "/status"],
    ["bad", badDay, "/"],
    ["compromise", compromiseDay, "/"],
    ["compromise", compromiseDay, "/notices"],
  ] as const)("so has it on a day of %s news", async (_day, view, path) => {
    const other = await openSite(browser, view, { viewport });
    await other.goto(path);
    expect(await axeFindings(other.page)).toEqual([]);
    expect(other.faults).toEqual([]);
    await other.close();
  });
});

describe("without scripts", () => {
  it("every page of the menu is reached by its link, and the first stop of the keyboard leads to the content", async () => {
    const site = await openSite(browser, goodDay, { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false });
    await site.goto("/");
    for (const [path, label] of menu) {
      await site.page.getByRole("navigation", { name: "メニュー" }).getByRole("link", { name: label }).click();
      expect(new URL(site.page.url()).pathname).toBe(path);
    }
    await site.page.keyboard.press("Tab");
    await site.page.keyboard.press("Enter");
    await expect.poll(() => new URL(site.page.url()).hash).toBe("#main");
    await site.close();
  });

  it("the feed is XML, whatever is in it", async () => {
    const notice = { date: "2026-11-22", title: "<&\"'>", text: ["]]>"], publisher: "both" } as const;
    const view = { ...goodDay, publication: { ...goodDay.publication, notices: [notice] } };
    const feed = renderPage("/feed.atom", view, "https://pages.test")?.body ?? "";
    const page = await browser.newPage();
    const faults = await page.evaluate(
      `new DOMParser().parseFromString(${JSON.stringify(feed)}, "application/xml").querySelectorAll("parsererror").length`,
    );
    expect(faults).toBe(0);
    await page.close();
  });

  it("the fingerprint of a certificate is printed on one sheet of A4", async () => {
    const site = await openSite(browser, goodDay, {});
    await site.goto(sheet);
    const pdf = await site.page.pdf({ format: "A4", preferCSSPageSize: false });
    expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    await site.close();
  });
});
