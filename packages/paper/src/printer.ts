import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Route } from "playwright-core";
import { fontFile, paperOrigin } from "./paper-fonts.ts";

/** Makes A4 PDFs, one after another; `close` ends its Chromium. */
export interface Printer {
  /** The PDF of a page that `paper` made, tagged and with its fonts. The same page gives the same octets. */
  print(page: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

// Fonts come from the package on disk; whatever else a page asks for, it does not get.
async function serveFontsOnly(route: Route): Promise<void> {
  const { origin, pathname } = new URL(route.request().url());
  const font = origin === paperOrigin ? fontFile(pathname) : null;
  if (font === null) await route.abort();
  else
    await route.fulfill({
      body: Buffer.from(font),
      contentType: "font/woff2",
      headers: { "access-control-allow-origin": "*" },
    });
}

/**
 * Starts the one Chromium that prints a program's papers and keeps it warm. Papers live in its memory: no page is
 * written to disk and no request leaves it. What Chromium itself keeps for a while lies in a folder of its own under
 * `temporaryDirectory`, which is removed with it.
 */
export async function openPrinter(options: {
  readonly chromium: string;
  readonly temporaryDirectory: string;
}): Promise<Printer> {
  const folder = await mkdtemp(join(options.temporaryDirectory, "chromium-"));
  const launch = () =>
    chromium.launch({
      executablePath: options.chromium,
      // Chromium's own sandbox needs an ordinary user.
      chromiumSandbox: process.getuid?.() !== 0,
      env: { ...process.env, TMPDIR: folder },
      args: [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-breakpad",
        "--disk-cache-size=1",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--no-first-run",
        // Becomes the PDF's Creator, which else names the machine's system and browser.
        "--user-agent=Mitome",
      ],
    });
  let browser: Browser = await launch();
  let last: Promise<unknown> = Promise.resolve();

  const print = async (paper: string): Promise<Uint8Array> => {
    if (!browser.isConnected()) browser = await launch();
    const context = await browser.newContext({ javaScriptEnabled: false, offline: false });
    try {
      const page = await context.newPage();
      await page.route("**/*", serveFontsOnly);
      await page.setContent(paper, { waitUntil: "load" });
      // Fonts begin to load when the page is laid out, which a busy Chromium may put off until it prints.
      await page.evaluate("document.body.getBoundingClientRect() && document.fonts.ready.then(() => undefined)");
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
      return withoutChance(pdf);
    } finally {
      await context.close();
    }
  };
  return {
    print: (paper) => {
      const printed = last.then(() => print(paper));
      last = printed.catch(() => undefined);
      return printed;
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Takes out what differs between two PDFs of one page, every octet in its place so that the cross-reference table stays
 * right. Both dates of the information dictionary, the file's first object, become spaces (ISO 32000-1 §14.3.3: optional;
 * a paper says its date itself). The identifiers of tagged elements (§14.7.2), which Chromium numbers as it comes to
 * them, are numbered from one in their own order, in which the identifiers' name tree has to be.
 */
function withoutChance(pdf: Buffer): Uint8Array {
  const text = pdf.toString("latin1");
  const information = text.slice(0, text.indexOf("endobj"));
  for (const { 0: entry, index } of information.matchAll(/\/(?:CreationDate|ModDate) \(D:[^)]*\)/g))
    pdf.fill(" ", index, index + entry.length);
  const found = [...text.matchAll(/\(node(\d{8})\)/g)];
  const inOrder = [...new Set(found.map(([, number]) => number))].toSorted();
  const numbers = new Map(inOrder.map((number, index) => [number, String(index + 1).padStart(8, "0")]));
  for (const { 1: number, index } of found) pdf.write(numbers.get(number) ?? "", index + "(node".length, "latin1");
  return pdf;
}
