/** Markup that is safe to stand in a page; made by {@link html} alone. */
export interface Html {
  readonly markup: string;
}

/** What may be put into a piece of a page: text is escaped, numbers are written, pieces stand as they are, `undefined` is nothing. */
export type HtmlValue = string | number | Html | undefined | readonly HtmlValue[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function isList(value: HtmlValue): value is readonly HtmlValue[] {
  return Array.isArray(value);
}

function markupOf(value: HtmlValue): string {
  if (value === undefined) return "";
  if (isList(value)) return value.map(markupOf).join("");
  if (typeof value === "object") return value.markup;
  return String(value).replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A piece of a page. Attribute values stand in double quotes in the template. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { markup: parts.map((part, index) => part + markupOf(values[index])).join("") };
}
