import { type Html, html } from "./html.ts";

/** A table that scrolls on its own where the screen is narrower than it. */
export function table(caption: string, head: readonly Html[], rows: readonly Html[]): Html {
  return html`<div class="table" role="group" aria-label="${caption}" tabindex="0">
<table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The head of a column; one of numbers stands at the right as they do. */
export function column(title: string, kind: "words" | "number" = "words"): Html {
  return html`<th scope="col" class="${kind}">${title}</th>`;
}

/** Names and values. */
export function facts(items: readonly (readonly [name: string, value: Html | string])[]): Html {
  return html`<dl class="facts">${items.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
