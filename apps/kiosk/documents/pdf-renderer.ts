import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DocumentModel } from "@mitome/ra";
import { type Browser, chromium, type Route } from "playwright-core";
import { applicationPaper } from "./application.ts";
import { certificateCopyPaper } from "./certificate-copy.ts";
import { fontFile, paperOrigin } from "./page.ts";
import { receiptPaper } from "./receipt.ts";

/** Makes A4 PDFs, one after another; `close` ends its Chromium. */
export interface PdfRenderer {
  renderPdf(document: DocumentModel): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The page of a paper, complete in itself but for its fonts. */
function paperOf(document: DocumentModel): string {
  switch (document.kind) {
    case "application":
      return applicationPaper(document);
    case "certificateCopy":
      return certificateCopyPaper(document);
    case "receipt":
      return receiptPaper(document);
  }
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
 * Starts the one Chromium that prints this server's papers and keeps it warm. Papers live in its memory: no page is
 * written to disk and no request leaves it. What Chromium itself keeps for a while lies in a folder of its own under
 * `temporaryDirectory`, which is removed with it.
 */
export async function openPdfRenderer(options: {
  readonly chromium: string;
  readonly temporaryDirectory: string;
}): Promise<PdfRenderer> {
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
      ],
    });
  let browser: Browser = await launch();
  let last: Promise<unknown> = Promise.resolve();

  const print = async (document: DocumentModel): Promise<Uint8Array> => {
    if (!browser.isConnected()) browser = await launch();
    const context = await browser.newContext({ javaScriptEnabled: false, offline: false });
    try {
      const page = await context.newPage();
      await page.route("**/*", serveFontsOnly);
      await page.setContent(paperOf(document), { waitUntil: "load" });
      return await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
    } finally {
      await context.close();
    }
  };
  return {
    renderPdf: (document) => {
      const printed = last.then(() => print(document));
      last = printed.catch(() => undefined);
      return printed;
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
