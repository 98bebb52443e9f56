import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where this machine keeps its Chromium. */
export function chromiumPath(): string {
  const path = places.find((place) => existsSync(place));
  if (path === undefined) throw new Error("Chromium is missing: apt-get install chromium");
  return path;
}

/** Debian's Chromium, headless; root cannot have its sandbox. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
  });
}
