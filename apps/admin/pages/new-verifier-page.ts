/** A verifier is entered as it notified itself. */
import { verifierClasses, verifierKinds } from "@mitome/ca";
import { html } from "@mitome/ui/pages";
import { choice, form, textField } from "./forms.ts";
import type { DeskPage, PageContext } from "./frame.ts";

/** How many contacts the form has room for. */
export const contactsInForm = 2;

/** 署名検証者等を登録する. */
export function newVerifierPage(context: PageContext): DeskPage {
  const groups = Object.entries(verifierKinds).map(([kind, { ja, clause }]) => ({
    label: `${ja}（${clause}）`,
    options: verifierClasses.filter((one) => one.kind === kind).map(({ id, ja: words }) => [id, words] as const),
  }));
  const contacts = Array.from({ length: contactsInForm }, (_, index) => contact(context, index));
  const body = html`<p>届け出られたとおりに登録します。登録だけでは何の権利も生まれません。登録した内容は後から書き換えられません。</p>
${form(
  context,
  { action: "/verifiers", button: "登録する" },
  choice(context, { name: "class", label: "区分", hint: "運用規程 1-3-1 (9)①～⑥、(11)①②" }, groups),
  textField(context, { name: "name", label: "名称" }),
  textField(context, { name: "address", label: "所在地" }),
  textField(context, {
    name: "id",
    label: "ID",
    hint: "英小文字で始まる、英小文字・数字・ハイフンの2～32字。LDAPの名前になります。例：chiba-tax-office",
    width: "narrow",
  }),
  ...contacts,
)}`;
  return { title: "署名検証者等を登録する", trail: [["/", "登録簿"]], body };
}

function contact(context: PageContext, index: number) {
  const first = index === 0;
  const name = (field: string) => `contacts.${index}.${field}`;
  const common = { optional: !first };
  return html`<fieldset><legend>連絡先${first ? "" : "（もう一つ、任意）"}</legend>
${textField(context, { ...common, name: name("department"), label: "部署" })}
${textField(context, { ...common, name: name("person"), label: "担当者" })}
${textField(context, { ...common, name: name("telephone"), label: "電話番号", type: "tel", width: "narrow" })}
${textField(context, { ...common, name: name("email"), label: "電子メール", type: "email" })}</fieldset>`;
}
