import type { AuthorityDefinition } from "@mitome/ca";
import { type Html, html } from "@mitome/paper";

/** What stands above a paper of a practice authority, so that nobody takes it for a real one; nothing otherwise. */
export function practiceMark({ practice }: Pick<AuthorityDefinition, "practice">): Html {
  return practice ? html`<p class="remark">練習用の認証局が作ったものです。実際の書類ではありません。</p>` : html``;
}
