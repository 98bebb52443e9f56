import { createHash } from "node:crypto";
import { type Html, html } from "@mitome/ui/pages";
import { publishedNotices } from "./announcement-pages.ts";
import type { PublicView } from "./public-view.ts";

/**
 * Notices and new versions of the 運用規程 as an Atom feed (RFC 4287), the newest first: publishing is the notice
 * (運用規程 8-2), so that nobody has to look every day. `origin` is the site's address without a slash at the end.
 */
export function atomFeed(view: PublicView, origin: string): string {
  const { authority, publication, statement, now } = view;
  const entries = [
    ...statement.versions.map(({ version, date, change, sections }) => ({
      id: `statement-${version}`,
      date,
      title: `${statement.title} 第${version}版：${change}`,
      path: sections === undefined ? "/statement" : `/statement/${version}`,
      text: change,
    })),
    ...publishedNotices(view).map(({ date, title, text }) => ({
      // RFC 4287 §4.2.6: an entry keeps its identifier whatever is added before it.
      id: `notice-${date}-${createHash("sha256").update(title).digest("hex").slice(0, 12)}`,
      date,
      title,
      path: "/notices",
      text: text.join("\n"),
    })),
  ].toSorted((one, other) => other.date.localeCompare(one.date));
  const updated = publication.compromise?.since.toISOString() ?? midnight(entries[0]?.date) ?? now.toISOString();
  const name = (id: string) => `tag:${new URL(origin).hostname},2004:${authority.id}:${id}`;
  const feed = html`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja">
<id>${name("feed")}</id><title>${publication.names.authority} お知らせと運用規程の変更</title><updated>${updated}</updated>
<link rel="self" href="${origin}/feed.atom"/><link href="${origin}/"/><author><name>${publication.names.prefecture}</name></author>
${compromise(publication.compromise, name, origin)}
${entries.map(
  ({
    id,
    date,
    title,
    path,
    text,
  }) => html`<entry><id>${name(id)}</id><title>${title}</title><updated>${midnight(date)}</updated>
<link href="${origin}${path}"/><summary>${text}</summary></entry>`,
)}
</feed>
`;
  return `<?xml version="1.0" encoding="utf-8"?>\n${feed.markup}`;
}

function compromise(
  notice: PublicView["publication"]["compromise"],
  name: (id: string) => string,
  origin: string,
): Html | undefined {
  if (notice === undefined) return undefined;
  const since = notice.since.toISOString();
  return html`<entry><id>${name(`compromise-${since}`)}</id><title>【緊急】${notice.title}</title><updated>${since}</updated>
<link href="${origin}/notices"/><summary>${notice.text.join("\n")}</summary></entry>`;
}

/** The beginning of a day in Japan. */
function midnight(day: string | undefined): string | undefined {
  return day === undefined ? undefined : `${day}T00:00:00+09:00`;
}
