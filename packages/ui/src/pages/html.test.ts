import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html } from "./html.ts";

const unescaped = (markup: string) =>
  markup
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

describe("a piece of a page", () => {
  it("keeps every text a text, in an element and in an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "a", "鍵", ";") }), (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`;
        expect(markup.match(/<|>/g)).toEqual(["<", ">", "<", ">"]);
        expect(markup.match(/"/g)).toHaveLength(2);
        const inner = /^<p title="(.*)">(.*)<\/p>$/s.exec(markup);
        expect([inner?.[1], inner?.[2]].map((part) => unescaped(part ?? ""))).toEqual([text, text]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("puts pieces in as they are, lists one after another, and nothing for undefined", () => {
    const items = ["<a>", 2, undefined].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>`.markup).toBe("<ul><li>&lt;a&gt;</li><li>2</li><li></li></ul>");
  });
});
