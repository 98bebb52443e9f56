import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM, factsOfPdf, fontsOfPdf, textOfPdf } from "@mitome/testkit/papers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html } from "./html.ts";
import { paper, table } from "./page.ts";
import { openPrinter, type Printer } from "./printer.ts";

let directory: string;
let printer: Printer;
const open = () => openPrinter({ chromium: CHROMIUM, temporaryDirectory: directory });
const page = paper("お知らせ", [html`<h2>渡邉　美咲<b></h2>`, table(["提供先", "件数"], [["裁判所", 1_204]])]);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "printer-"));
  printer = await open();
});
afterAll(async () => {
  await printer?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe("a printed page", () => {
  it("is the same octet for octet from another Chromium, and does not say when it was printed", async () => {
    const first = await printer.print(page);
    const other = await open();
    const second = await other.print(page).finally(other.close);
    const differs = first.findIndex((octet, at) => octet !== second[at]);
    const around = (pdf: Uint8Array) => Buffer.from(pdf).toString("latin1", differs - 80, differs + 80);
    expect(differs < 0 ? "" : around(second)).toBe(differs < 0 ? "" : around(first));
    expect(second.length).toBe(first.length);
    expect(factsOfPdf(first)).toMatchObject({ Title: "お知らせ", Creator: "Mitome" });
    for (const date of ["CreationDate", "ModDate"]) expect(factsOfPdf(first)).not.toHaveProperty(date);
    // What Chromium numbers as it comes to it, and differently when it is busy.
    const numbers = Buffer.from(first)
      .toString("latin1")
      .match(/(?<=\(node)\d{8}(?=\))/g);
    expect([...new Set(numbers)].toSorted()).toEqual(["00000001", "00000002"]);
  });

  it("is tagged A4 in Japanese, its fonts embedded", async () => {
    const pdf = await printer.print(page);
    expect(factsOfPdf(pdf)).toMatchObject({ Tagged: "yes", "Page size": expect.stringContaining("A4") });
    expect(Buffer.from(pdf).includes("/Lang (ja)")).toBe(true);
    const fonts = fontsOfPdf(pdf);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts)
      expect(font).toMatchObject({ name: expect.stringMatching(/NotoSansJP/), kind: "CID TrueType", embedded: true });
  });

  it("holds what it was given as text, and asks nobody for anything", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const place = server.address();
    const port = typeof place === "object" ? place?.port : undefined;
    const curious = paper("外", [html`<p>本文<img alt="" src="http://127.0.0.1:${port ?? 0}/x.png"></p>`]);
    expect(textOfPdf(await printer.print(curious))).toContain("本文");
    server.close();
    expect(asked).toBe(0);
    expect(textOfPdf(await printer.print(page))).toMatch(/裁判所\s+1,204/);
  });

  it("leaves nothing behind", async () => {
    const other = await open();
    await other.print(page);
    const before = readdirSync(directory).length;
    await other.close();
    expect(readdirSync(directory)).toHaveLength(before - 1);
  });
});
