/** Parts of forms. Every form carries the token of the visit. */
import { type Html, html } from "@mitome/ui/pages";
import type { PageContext } from "./frame.ts";

/** Where a form goes, what it does, and what it carries unseen. */
export interface FormFrame {
  readonly action: string;
  readonly button: string;
  /** For what cannot be taken back, or takes something away. */
  readonly grave?: boolean;
  /** Set where the form has a file. */
  readonly file?: boolean;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Says what the button is about where its words alone do not. */
  readonly about?: string;
}

/** A form with its button. */
export function form({ token }: PageContext, frame: FormFrame, ...fields: readonly Html[]): Html {
  const { action, button, grave, file, hidden = {}, about } = frame;
  const unseen = Object.entries({ token, ...hidden }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const spoken = about === undefined ? button : html`${button}<span class="hidden">：${about}</span>`;
  const encoding = file ? html` enctype="multipart/form-data"` : undefined;
  return html`<form method="post" action="${action}"${encoding}>${unseen}${fields}<p class="do"><button class="${grave ? "grave" : "plain"}">${spoken}</button></p></form>`;
}

/** A form that stays folded until it is wanted; open when it was refused. */
export function folded(title: string, open: boolean, ...content: readonly (Html | undefined)[]): Html {
  return html`<details${open ? html` open` : undefined}><summary>${title}</summary><div class="folded">${content}</div></details>`;
}

/** One field. `name` is its id on the page too. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: "text" | "email" | "tel" | "date" | "number";
  readonly optional?: boolean;
  readonly value?: string;
  readonly width?: "narrow" | "wide";
}

/** A line of text. */
export function textField(context: PageContext, field: Field): Html {
  const { name, type = "text", optional, value = "", width = "wide" } = field;
  const entered = context.entered(name) || value;
  const number = type === "number" ? html` min="0" step="1" inputmode="numeric"` : undefined;
  return labelled(
    context,
    field,
    html`<input id="${name}" name="${name}" type="${type}" class="${width}" value="${entered}" autocomplete="off"${number}${optional ? undefined : html` required`}${described(context, field)}>`,
  );
}

/** Several lines of text. */
export function textArea(context: PageContext, field: Field, rows: number): Html {
  const { name, optional } = field;
  return labelled(
    context,
    field,
    html`<textarea id="${name}" name="${name}" rows="${rows}" spellcheck="false" autocomplete="off"${optional ? undefined : html` required`}${described(context, field)}>
${context.entered(name)}</textarea>`,
  );
}

/** A file. */
export function fileField(context: PageContext, field: Field): Html {
  return labelled(
    context,
    field,
    html`<input id="${field.name}" name="${field.name}" type="file"${described(context, field)}>`,
  );
}

/** A choice of one; nothing is chosen beforehand where there is more than one. */
export function choice(context: PageContext, field: Field, groups: readonly ChoiceGroup[]): Html {
  const entered = context.entered(field.name);
  const options = groups.map(({ label, options: ones }) => {
    const items = ones.map(
      ([value, words]) =>
        html`<option value="${value}"${value === entered ? html` selected` : undefined}>${words}</option>`,
    );
    return label === undefined ? items : html`<optgroup label="${label}">${items}</optgroup>`;
  });
  const several = groups.flatMap(({ options: ones }) => ones).length > 1;
  const unchosen = several ? html`<option value="">選んでください</option>` : undefined;
  return labelled(
    context,
    field,
    html`<select id="${field.name}" name="${field.name}" required${described(context, field)}>${unchosen}${options}</select>`,
  );
}

/** Choices that belong together. */
export interface ChoiceGroup {
  readonly label?: string;
  readonly options: readonly (readonly [value: string, words: string])[];
}

/** A mark that has to be set. */
export function mark(name: string, id: string, label: string): Html {
  return html`<p class="field mark"><input id="${id}" name="${name}" type="checkbox" value="yes" required><label for="${id}">${label}</label></p>`;
}

function labelled({ complaint }: PageContext, { name, label, hint, optional }: Field, control: Html): Html {
  const wrong =
    complaint?.field === name ? html`<span class="wrong" id="${name}-wrong">${complaint.why}</span>` : undefined;
  return html`<p class="field"><label for="${name}">${label}${optional ? html`<span class="optional">任意</span>` : undefined}</label>${hint === undefined ? undefined : html`<span class="hint" id="${name}-hint">${hint}</span>`}${wrong}${control}</p>`;
}

function described({ complaint }: PageContext, { name, hint }: Field): Html | undefined {
  const wrong = complaint?.field === name;
  const ids = [hint === undefined ? "" : `${name}-hint`, wrong ? `${name}-wrong` : ""].filter((id) => id !== "");
  if (ids.length === 0) return undefined;
  return html` aria-describedby="${ids.join(" ")}"${wrong ? html` aria-invalid="true"` : undefined}`;
}
