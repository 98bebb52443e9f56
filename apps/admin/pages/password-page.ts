/** A new password to bind with, shown this once. */
import type { VerifierOnWire } from "@mitome/ca-api";
import { facts, html } from "@mitome/ui/pages";
import type { DeskPage } from "./frame.ts";

/** 新しいパスワード. */
export function passwordPage(
  { verifier }: VerifierOnWire,
  { bindName, password }: { readonly bindName: string; readonly password: string },
): DeskPage {
  const body = html`<p class="summary bad">このパスワードは、この画面にだけ出ます。どこにも残りません。取決めで決めた方法で渡し、なくしたら新しく設定します。</p>
${facts([
  ["名前（CN）", html`<code>${bindName}</code>`],
  ["パスワード", html`<code class="password">${password}</code>`],
])}
<ul class="actions"><li><a href="/verifiers/${verifier.id}">渡す用意ができたので戻る</a></li></ul>`;
  const trail = [
    ["/", "登録簿"],
    [`/verifiers/${verifier.id}`, verifier.name],
  ] as const;
  return { title: "LDAPのパスワード", trail, body };
}
