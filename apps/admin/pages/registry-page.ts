/** The registry: every verifier, whether it gets anything now, and what waits. */
import { verifierClasses, verifierKinds } from "@mitome/ca";
import type { VerifierOnWire } from "@mitome/ca-api";
import { type Html, html } from "@mitome/ui/pages";
import type { DeskPage } from "./frame.ts";
import { hindranceWords, overallOf } from "./words.ts";

/** 署名検証者等の登録簿. */
export function registryPage(verifiers: readonly VerifierOnWire[]): DeskPage {
  const body = html`<p>証明書の有効性を知らせてよい相手（運用規程 1-3-1 (9)～(12)）の一覧です。届出と取決めが記録されるまで、どの権利も働きません。</p>
${counts(verifiers)}
<ul class="actions"><li><a href="/verifiers/new">署名検証者等を登録する</a></li></ul>
${verifiers.length === 0 ? html`<p>まだ登録がありません。</p>` : html`<ul class="registry">${verifiers.map(entry)}</ul>`}`;
  return { title: "署名検証者等の登録簿", trail: [], body };
}

function counts(verifiers: readonly VerifierOnWire[]): Html {
  const using = verifiers.filter((one) => overallOf(one).tone === "good").length;
  const overdue = verifiers.flatMap(({ demands }) => demands).filter(({ state }) => state === "overdue").length;
  return html`<dl class="counts"><div><dt>登録</dt><dd>${verifiers.length}</dd></div><div><dt>利用中</dt><dd>${using}</dd></div><div class="${overdue > 0 ? "bad" : "none"}"><dt>期限を過ぎた報告</dt><dd>${overdue}</dd></div></dl>`;
}

function entry(one: VerifierOnWire): Html {
  const { verifier, standing, uses, demands, credentials } = one;
  const { label, tone, hindrance } = overallOf(one);
  const quota = standing.stage === "agreed" ? standing.usesPerMonth : null;
  const waiting = demands.filter(({ state }) => state === "open" || state === "overdue");
  const overdue = waiting.filter(({ state }) => state === "overdue").length;
  return html`<li><div class="who"><h2><a href="/verifiers/${verifier.id}">${verifier.name}</a></h2>
<p>${className(verifier)}</p></div>
<p class="how"><span class="state ${tone}">${label}</span>${hindrance === undefined ? undefined : html`<span class="why">${hindranceWords[hindrance]}</span>`}</p>
<dl><div><dt>今月</dt><dd>${usedIn(uses)}${quota === null ? undefined : html` / ${quota.toLocaleString("ja")}`}</dd></div>
<div><dt>クレデンシャル</dt><dd>${credentials.filter(({ live }) => live).length}</dd></div>
<div><dt>報告待ち</dt><dd>${waiting.length}${overdue > 0 ? html` <strong class="bad">期限超過 ${overdue}</strong>` : undefined}</dd></div></dl></li>`;
}

/** A verifier's kind and class with their clause. */
export function className({ kind, class: id }: VerifierOnWire["verifier"]): string {
  const own = verifierClasses.find((one) => one.id === id);
  return `${verifierKinds[kind].ja}・${own?.ja ?? ""}（${own?.clause ?? verifierKinds[kind].clause}）`;
}

/** How much was used, as people write numbers. */
export function usedIn(uses: VerifierOnWire["uses"]): string {
  if (uses === null) return "不明";
  return `${uses.reduce((sum, { count }) => sum + count, 0).toLocaleString("ja")}件`;
}
