/** Text that is safe to stand in a page; made by {@link html} and {@link joined} alone. */
export interface Html {
  readonly markup: string;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function markupOf(value: string | number | Html): string {
  if (typeof value === "object") return value.markup;
  return String(value).replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A piece of a page: every value put in is escaped, except pieces that were made here themselves. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html)[]): Html {
  return {
    markup: parts.map((part, index) => part + (index < values.length ? markupOf(values[index] ?? "") : "")).join(""),
  };
}

/** Pieces one after another. */
export function joined(pieces: readonly Html[]): Html {
  return { markup: pieces.map(({ markup }) => markup).join("") };
}
