import { openPrinter } from "@mitome/paper/printer";
import type { DocumentModel } from "@mitome/ra";
import { applicationPaper } from "./application.ts";
import { certificateCopyPaper } from "./certificate-copy.ts";
import { receiptPaper } from "./receipt.ts";

/** Makes PDFs of the counter's papers, one after another; `close` ends its Chromium. */
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

/** Starts the Chromium that prints this server's papers. */
export async function openPdfRenderer(options: Parameters<typeof openPrinter>[0]): Promise<PdfRenderer> {
  const { print, close } = await openPrinter(options);
  return { renderPdf: (document) => print(paperOf(document)), close };
}
