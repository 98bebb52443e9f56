/** What a verifier notifies of itself, as fields of a form: when it is entered, and when it notifies a change. */
import type { VerifierContact } from "@mitome/ca";
import { type Html, html } from "@mitome/ui/pages";
import { textField } from "./forms.ts";
import type { PageContext } from "./frame.ts";

/** Contacts that a verifier may have. */
export const mostContacts = 10;

/** Whether the page was refused for what was entered here: then it shows that, not what is known. */
export function isRegistrationRefused({ complaint }: PageContext): boolean {
  const { field = "" } = complaint ?? {};
  return field === "name" || field === "address" || field.startsWith("contacts.");
}

/** Name and address. */
export function addressFields(context: PageContext, known?: { readonly name: string; readonly address: string }): Html {
  const shown = isRegistrationRefused(context) ? undefined : known;
  return html`${textField(context, { name: "name", label: "名称", value: shown?.name ?? "" })}
${textField(context, { name: "address", label: "所在地", value: shown?.address ?? "" })}`;
}

/** The known contacts, and room for more; one has to stay. */
export function contactFields(context: PageContext, known: readonly VerifierContact[], more: number): Html {
  const count = Math.min(known.length + more, mostContacts);
  const contacts = Array.from({ length: count }, (_, index) => {
    const optional = index > 0 || known.length > 1;
    return contactField(context, { index, known: known[index], optional });
  });
  return html`${contacts}`;
}

interface ContactPlace {
  readonly index: number;
  readonly known: VerifierContact | undefined;
  readonly optional: boolean;
}

function contactField(context: PageContext, { index, known, optional }: ContactPlace): Html {
  const shown = isRegistrationRefused(context) ? undefined : known;
  const field = (name: keyof VerifierContact) =>
    ({ name: `contacts.${index}.${name}`, value: shown?.[name] ?? "", optional }) as const;
  return html`<fieldset><legend>${known === undefined && index > 0 ? "連絡先（もう一つ、任意）" : "連絡先"}</legend>
${textField(context, { ...field("department"), label: "部署" })}
${textField(context, { ...field("person"), label: "担当者" })}
${textField(context, { ...field("telephone"), label: "電話番号", type: "tel", width: "narrow" })}
${textField(context, { ...field("email"), label: "電子メール", type: "email" })}</fieldset>`;
}
