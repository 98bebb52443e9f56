/** A verifier is entered as it notified itself. */
import { verifierClasses, verifierKinds } from "@mitome/ca";
import { html } from "@mitome/ui/pages";
import { choice, form, textField } from "./forms.ts";
import type { DeskPage, PageContext } from "./frame.ts";
import { addressFields, contactFields } from "./registration-fields.ts";

/** 署名検証者等を登録する. */
export function newVerifierPage(context: PageContext): DeskPage {
  const groups = Object.entries(verifierKinds).map(([kind, { ja, clause }]) => ({
    label: `${ja}（${clause}）`,
    options: verifierClasses.filter((one) => one.kind === kind).map(({ id, ja: words }) => [id, words] as const),
  }));
  const body = html`<p>届け出られたとおりに登録します。登録だけでは何の権利も生まれません。名称・所在地・連絡先は、変更の届出を受けたら改められます。区分とIDは変わりません。</p>
${form(
  context,
  { action: "/verifiers", button: "登録する" },
  choice(context, { name: "class", label: "区分", hint: "運用規程 1-3-1 (9)①～⑥、(11)①②" }, groups),
  addressFields(context),
  textField(context, {
    name: "id",
    label: "ID",
    hint: "英小文字で始まる、英小文字・数字・ハイフンの2～32字。LDAPの名前になります。例：chiba-tax-office",
    width: "narrow",
  }),
  contactFields(context, [], 2),
)}`;
  return { title: "署名検証者等を登録する", trail: [["/", "登録簿"]], body };
}
