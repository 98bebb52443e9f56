import { column, durationOf, type Html, html, instantOf, table } from "@mitome/ui/pages";
import { criticalAfterHours, type Freshness, freshnessOf, lateAfterHours } from "./freshness.ts";
import type { Page } from "./page-frame.ts";
import type { Partition, PublicView } from "./public-view.ts";
import { freshnessWords, serviceWords } from "./words.ts";

/** 鮮度と稼働状況 (運用規程 2-6-2, 2-6-4, 4-4-9): every partition, every service, planned maintenance. */
export function statusPage(view: PublicView): Page {
  const body = html`${statusSummary(view)}
${reading(view)}
<p>同じ内容をプログラムから読めます：<a href="/status.json">status.json</a></p>
<section aria-labelledby="services"><h2 id="services">稼働状況</h2>
<p>リポジトリは1日24時間、1年365日利用できます。定期の保守のときは、下の予定のとおり一時止まることがあります。</p>
${services(view)}
${recordsSetAside(view)}</section>
<section aria-labelledby="maintenance"><h2 id="maintenance">保守の予定</h2>${maintenance(view)}</section>
<section aria-labelledby="lists"><h2 id="lists">失効リストの鮮度</h2>
<p>失効リストは24時間ごとに発行します。発行から${lateAfterHours}時間たっても次がなければ「遅れ」、${criticalAfterHours}時間で「重大な遅れ」、有効期間（72時間）を過ぎれば「期限切れ」です。利用者の分は市町村ごとに分かれています（内容を取得できるのは<a href="/revocation-lists#restricted">届け出た人だけ</a>です）。</p>
${partitions(view)}</section>`;
  return { title: "鮮度と稼働状況", publisher: "prefecture", body };
}

/** Milliseconds after which a page says that it shows an older reading. */
const oldAfter = 60_000;

function reading({ readAt, now }: PublicView): Html {
  const age = now.getTime() - readAt.getTime();
  if (age < oldAfter) return html`<p>認証局の台帳を ${instantOf(readAt)} に読みました。</p>`;
  return html`<p><strong>認証局の台帳を${durationOf(age)}読めていません。</strong>最後に読んだ ${instantOf(readAt)} の内容を示しています。</p>`;
}

const worstFirst: readonly Freshness[] = ["expired", "critical", "late", "missing", "fresh"];

/** One sentence on lists and services. */
export function statusSummary({ partitions, services, publication, now }: PublicView): Html {
  const counts = new Map<Freshness, number>();
  for (const partition of partitions) {
    const { state } = freshnessOf(partition, now);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const troubled = worstFirst.flatMap((state) => {
    const count = counts.get(state);
    return count === undefined || state === "fresh" ? [] : [`${freshnessWords[state]} ${count}`];
  });
  const away = services.filter(({ state }) => state === "unavailable").map(({ service }) => serviceWords[service]);
  if (partitions.length === 0)
    return html`<p class="summary bad"><strong>まだ失効リストを発行していません。</strong></p>`;
  const running = troubled.length === 0 && away.length === 0;
  if (running && publication.compromise !== undefined) {
    return html`<p class="summary bad"><strong>緊急のお知らせがあります。</strong>失効リストの発行とサービスは動いています。</p>`;
  }
  if (running) {
    return html`<p class="summary good"><strong>すべて正常です。</strong>失効リスト ${partitions.length}件はどれも24時間ごとに発行されています。${services.length === 0 ? undefined : "どのサービスも利用できます。"}</p>`;
  }
  const lists =
    troubled.length === 0 ? undefined : html`失効リスト：${troubled.join("、")}（${partitions.length}件のうち）。`;
  const stopped = away.length === 0 ? undefined : html`利用できないもの：${away.join("、")}。`;
  return html`<p class="summary bad"><strong>正常でないところがあります。</strong>${lists}${stopped}</p>`;
}

function services({ services }: PublicView): Html {
  if (services.length === 0) return html`<p>まだ確かめていません。</p>`;
  const rows = services.map(
    ({ service, state, checkedAt, availability }) => html`<tr><th scope="row">${serviceWords[service]}</th>
<td>${state === "available" ? html`<span class="state fresh">利用できます</span>` : html`<span class="state expired">利用できません</span>`}</td>
<td>${(Math.floor(availability * 10_000) / 100).toFixed(2)}%</td><td>${instantOf(checkedAt)}</td></tr>`,
  );
  return table(
    "サービスの稼働状況",
    [column("サービス"), column("状態"), column("この30日の稼働率"), column("確かめた時")],
    rows,
  );
}

/** 運用規程 2-1-4(10), 4-5: none is lost, and none counts before somebody has looked at it. */
function recordsSetAside({ recordsSetAside: count }: PublicView): Html | undefined {
  if (count === 0) return undefined;
  return html`<p><strong>署名検証者等への提供の記録${count}件がまだ数えられていません。</strong>記録は保管しています。運用者が確かめて入れ直します。</p>`;
}

function maintenance({ publication, now }: PublicView): Html {
  const coming = publication.maintenance
    .filter(({ until }) => until > now)
    .toSorted((one, other) => one.from.getTime() - other.from.getTime());
  if (coming.length === 0) return html`<p>予定している保守はありません。</p>`;
  return html`<ul>${coming.map(
    ({ from, until, services, reason }) =>
      html`<li>${from <= now ? html`<strong>保守中</strong>　` : undefined}${instantOf(from)} から ${instantOf(until)} まで：${services.map((service) => serviceWords[service]).join("、")}（${reason}）</li>`,
  )}</ul>`;
}

/** Of dozens of rows those that somebody has to act on come first; a narrow screen shows a row's first columns. */
function partitions({ partitions, now }: PublicView): Html {
  if (partitions.length === 0) return html`<p>まだ発行した失効リストはありません。</p>`;
  const looked = partitions.map((partition) => ({ partition, ...freshnessOf(partition, now) }));
  const sorted = looked.toSorted((one, other) => worstFirst.indexOf(one.state) - worstFirst.indexOf(other.state));
  const rows = sorted.map(({ partition, state, age }) => {
    const { newest } = partition;
    return html`<tr><th scope="row">${partitionName(partition)}</th><td><span class="state ${state}">${freshnessWords[state]}</span></td>
<td class="number">${age === undefined ? "–" : durationOf(age)}</td><td>${newest === undefined ? "–" : instantOf(newest.thisUpdate)}</td>
<td>${newest === undefined ? "–" : instantOf(newest.nextPublish)}</td><td class="number">${newest?.number ?? "–"}</td></tr>`;
  });
  return table(
    "失効リストの区分ごとの鮮度",
    [
      column("区分"),
      column("状態"),
      column("経過", "number"),
      column("発行"),
      column("次の予定"),
      column("番号", "number"),
    ],
    rows,
  );
}

function partitionName({ kind, municipality, generation }: Partition): Html {
  const subjects = {
    authority: "認証局（ARL）",
    operational: "運用のための証明書",
    subscriber: municipality?.name ?? "",
  };
  return html`${subjects[kind]} <span class="generation">第${generation}世代</span>`;
}

/**
 * The same for programs: `{authority, at, readAt, partitions: [{kind, municipality, generation, state, number, thisUpdate,
 * nextUpdate, nextPublish, ageSeconds}], services, accessRecords: {setAside}, maintenance}`; instants in ISO 8601 UTC.
 */
export function statusDocument(view: PublicView): string {
  const { authority, now, readAt, partitions, services, publication, recordsSetAside: setAside } = view;
  return JSON.stringify({
    authority: authority.id,
    at: now,
    readAt,
    partitions: partitions.map((partition) => {
      const { kind, municipality, generation, newest } = partition;
      const { state, age } = freshnessOf(partition, now);
      return {
        kind,
        municipality: municipality ?? null,
        generation,
        state,
        number: newest?.number ?? null,
        thisUpdate: newest?.thisUpdate ?? null,
        nextUpdate: newest?.nextUpdate ?? null,
        nextPublish: newest?.nextPublish ?? null,
        ageSeconds: age === undefined ? null : Math.floor(age / 1_000),
      };
    }),
    services: services.map(({ service, state, checkedAt, availability }) => ({
      service,
      state,
      checkedAt,
      availability30Days: availability,
    })),
    accessRecords: { setAside },
    maintenance: publication.maintenance
      .filter(({ until }) => until > now)
      .map(({ from, until, services, reason }) => ({ from, until, services, reason })),
  });
}
