/** `node pages/gallery/screenshots.ts <directory>`: every public page as PNG at two widths and as printed, to be looked at. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fingerprintOf } from "../fingerprint.ts";
import { menu } from "../page-frame.ts";
import { badDay, compromiseDay, goodDay } from "../public-view.fixture.ts";
import { launchChromium, openSite } from "./site.fixture.ts";

const [directory = "screenshots"] = process.argv.slice(2);
await mkdir(directory, { recursive: true });
const sheet = `/certificates/${fingerprintOf(goodDay.certificates[1]?.der ?? new Uint8Array(), "SHA-256")}`;
const paths = [
  ...menu.map(([path]) => path),
  sheet,
  "/statement/1.8..1.9",
  "/statement/1.8",
  "/provision-reports/2025",
  "/nowhere",
];
const fileName = (path: string) => path.slice(1, 40).replaceAll("/", "-") || "home";

const browser = await launchChromium();
for (const [width, height] of [
  [1280, 800],
  [375, 812],
] as const) {
  for (const [name, view, shown] of [
    ["good", goodDay, paths],
    ["bad", badDay, ["/", "/status"]],
    ["compromise", compromiseDay, ["/", "/notices", "/certificates"]],
  ] as const) {
    const site = await openSite(browser, view, { viewport: { width, height } });
    for (const path of shown) {
      await site.goto(path);
      const whole = !path.startsWith("/statement");
      await site.page.screenshot({ path: join(directory, `${width}-${name}-${fileName(path)}.png`), fullPage: whole });
      if (width === 1280 && name === "good") {
        await site.page.pdf({ path: join(directory, `print-${fileName(path)}.pdf`), format: "A4" });
      }
    }
    await site.close();
  }
}
await browser.close();
