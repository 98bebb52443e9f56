import { readFileSync } from "node:fs";
import { html, pageStyle } from "@mitome/ui/pages";
import {
  accessibilityPage,
  contactPage,
  crossCertificationPage,
  lawsPage,
  noticesPage,
  operatingStructurePage,
} from "./announcement-pages.ts";
import { certificateSheet, certificatesPage } from "./certificates-page.ts";
import { atomFeed } from "./feed.ts";
import { homePage } from "./home-page.ts";
import { framed, type Page } from "./page-frame.ts";
import { provisionReportPage, provisionReportsPage } from "./provision-reports-page.ts";
import type { PublicView } from "./public-view.ts";
import { revocationListsPage } from "./revocation-lists-page.ts";
import { statementDifferencesPage } from "./statement-differences-page.ts";
import { statementPage, statementVersionPage } from "./statement-page.ts";
import { statusDocument, statusPage } from "./status-page.ts";

/** An answer whose body is text in UTF-8. */
export interface RenderedPage {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const style = `${pageStyle}\n${readFileSync(new URL("./style.css", import.meta.url), "utf8")}`;

/** Nothing runs and nothing is loaded but the site's own style sheet. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const pages: Readonly<Record<string, (view: PublicView) => Page>> = {
  "/": homePage,
  "/certificates": certificatesPage,
  "/revocation-lists": revocationListsPage,
  "/status": statusPage,
  "/statement": statementPage,
  "/laws": lawsPage,
  "/operating-structure": operatingStructurePage,
  "/cross-certification": crossCertificationPage,
  "/notices": noticesPage,
  "/provision-reports": provisionReportsPage,
  "/contact": contactPage,
  "/accessibility": accessibilityPage,
};

const pagesWithParameters: readonly (readonly [RegExp, (view: PublicView, ...found: string[]) => Page | undefined])[] =
  [
    [/^\/certificates\/([0-9a-f]{64})$/, (view, sha256 = "") => certificateSheet(view, sha256)],
    [/^\/statement\/(\d+\.\d+)$/, (view, version = "") => statementVersionPage(view, version)],
    [
      /^\/statement\/(\d+\.\d+)\.\.(\d+\.\d+)$/,
      (view, older = "", newer = "") => statementDifferencesPage(view, older, newer),
    ],
    [/^\/provision-reports\/([A-Za-z0-9-]{1,64})$/, (view, id = "") => provisionReportPage(view, id)],
  ];

/**
 * The answer to GET for a path (without its query), or `undefined` for a path that is no public page's. `origin` is the
 * site's address without a slash at the end, for the feed.
 */
export function renderPage(path: string, view: PublicView, origin: string): RenderedPage | undefined {
  if (path === "/style.css") return rendered(200, "text/css; charset=utf-8", style);
  if (path === "/status.json") return rendered(200, "application/json", statusDocument(view));
  if (path === "/feed.atom") return rendered(200, "application/atom+xml; charset=utf-8", atomFeed(view, origin));
  const page = pageFor(path, view);
  return page === undefined ? undefined : rendered(200, "text/html; charset=utf-8", framed(page, view, path));
}

/** The page for a path that leads nowhere. */
export function renderNotFound(path: string, view: PublicView): RenderedPage {
  const body = html`<p>お探しのページはありません。アドレスが変わったか、公開の期間が終わった可能性があります。<a href="/">入口</a>かメニューからお探しください。</p>`;
  const page: Page = { title: "ページが見つかりません", publisher: "both", body };
  return rendered(404, "text/html; charset=utf-8", framed(page, view, path));
}

function pageFor(path: string, view: PublicView): Page | undefined {
  if (Object.hasOwn(pages, path)) return pages[path]?.(view);
  for (const [pattern, page] of pagesWithParameters) {
    const match = pattern.exec(path);
    if (match !== null) return page(view, ...match.slice(1));
  }
  return undefined;
}

// A minute at most, so that the banner of a compromised key is everywhere at once (運用規程 4-4-1-3).
function rendered(status: 200 | 404, mediaType: string, body: string): RenderedPage {
  const headers = {
    "content-type": mediaType,
    "content-security-policy": contentSecurityPolicy,
    "cache-control": "public, max-age=60, must-revalidate",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  return { status, headers, body };
}
