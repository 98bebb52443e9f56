import type { DocumentModel } from "@mitome/ra";

/** Makes PDFs of the counter's papers; Chromium is loaded and started with the first one. */
export function createRenderer(
  chromium: string,
  temporaryDirectory: string,
): { renderPdf(document: DocumentModel): Promise<Uint8Array>; close(): Promise<void> } {
  const open = async () => {
    const { openPdfRenderer } = await import("../documents/pdf-renderer.ts");
    return openPdfRenderer({ chromium, temporaryDirectory });
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    async renderPdf(document) {
      opened ??= open();
      return (await opened).renderPdf(document);
    },
    async close() {
      await (await opened)?.close();
    },
  };
}
