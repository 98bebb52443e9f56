import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintOf, groupsOf, readingOf } from "./fingerprint.ts";
import { menu } from "./page-frame.ts";
import { badDay, compromiseDay, exhibitNow, firstDay, goodDay } from "./public-view.fixture.ts";
import type { PublicView } from "./public-view.ts";
import { renderNotFound, renderPage } from "./render-page.ts";
import { answerForObject } from "./repository-object.ts";
import { listPath, publicObjects } from "./repository-paths.ts";
import { textsOfStatement } from "./statement/statement.ts";

const origin = "https://pages.test";
const sheets = goodDay.certificates.map(({ der }) => `/certificates/${fingerprintOf(der, "SHA-256")}`);
const everyPath = [
  ...menu.map(([path]) => path),
  ...sheets,
  ...["/statement/1.8", "/statement/1.9", "/statement/1.8..1.9", "/provision-reports/2025", "/accessibility"],
];

function pageAt(path: string, view: PublicView = goodDay): string {
  const page = renderPage(path, view, origin);
  if (page === undefined) throw new Error(`no page at ${path}`);
  return page.body;
}

/** What a reader sees, with one space where tags and white space were. */
function textAt(path: string, view: PublicView = goodDay): string {
  const body = pageAt(path, view).replace(/^.*<main[^>]*>|<nav class="menu".*$/gs, "");
  return body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

/** The text of one section of the statement. */
function sectionAt(number: string, path = "/statement"): string {
  const [, after = ""] = pageAt(path).split(` id="${number}"`);
  const [section = ""] = after.split(/<h[2-6] id=/);
  return section.replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ");
}

const attributes = (markup: string, name: string) =>
  [...markup.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value]) => value ?? "");

describe("every public page", () => {
  it("[C-1-3-1.2] says whose publication it is", () => {
    const names = ["公的個人認証サービス共通基盤事業運用会議", "千葉県"];
    const unnamed = everyPath.filter((path) => {
      const [, publisher = ""] = /<p class="publisher">.*?<\/span>(.*?)<\/p>/.exec(pageAt(path)) ?? [];
      return ![...names, names.join("・")].includes(publisher.trim());
    });
    expect(unnamed).toEqual([]);
  });

  it("leads only to pages, files and sections that are there", () => {
    const files = [...publicObjects(goodDay).keys()];
    const links = everyPath.flatMap((path) =>
      attributes(pageAt(path), "href").map((link) => new URL(link, origin + path)),
    );
    const broken = links.filter(({ href, pathname, hash, origin: where }) => {
      if (where !== origin) return !/^(https:\/\/laws\.e-gov\.go\.jp\/|tel:|mailto:)/.test(href);
      if (files.includes(pathname)) return false;
      const page = renderPage(pathname, goodDay, origin);
      return page === undefined || (hash !== "" && !attributes(page.body, "id").includes(hash.slice(1)));
    });
    expect(broken.map(({ href }) => href)).toEqual([]);
    for (const file of files) expect(links.map(({ pathname }) => pathname)).toContain(file);
  });

  // Digests are others in every run; the names of tests are not.
  const named = everyPath.map((path) => [path.replace(/[0-9a-f]{64}/, `sheet-${sheets.indexOf(path) + 1}`), path]);

  it.each(named)(
    "has one title, one first heading, identifiers used once, and nothing that runs: %s",
    (_, path = "") => {
      const page = pageAt(path);
      const ids = attributes(page, "id");
      expect(ids.length).toBe(new Set(ids).size);
      expect(page.match(/<h1>/g)).toHaveLength(1);
      expect(page).toMatch(/^<!doctype html>\n<html lang="ja">/);
      expect(page).not.toMatch(/<script|<style| style="| on[a-z]+="|javascript:/);
    },
  );

  it("has a title of its own, but for the version in force, which has two addresses", () => {
    const titles = everyPath.map((path) => /<title>(.*)<\/title>/.exec(pageAt(path))?.[1]);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([
      "千葉県認証局 運用規程 第1.9版｜千葉県認証局 公開情報",
    ]);
  });

  it("is named once where it has the site's own name", () => {
    expect(pageAt("/")).toContain("<title>千葉県認証局 公開情報</title>");
  });

  it("[C-2-6-1.1] begins with the key compromise when there is one, a minute after at the latest", () => {
    for (const path of everyPath) {
      const [before, after] = pageAt(path, compromiseDay).split("千葉県知事の秘密鍵が危殆化しました");
      expect(before).not.toContain("<main");
      expect(after).toContain("<main");
      expect(renderPage(path, compromiseDay, origin)?.headers["cache-control"]).toContain("max-age=60,");
      expect(pageAt(path)).not.toContain("秘密鍵が危殆化しました");
    }
  });

  it("lets no text of an authority become markup", () => {
    const hostile = '<img src=x onerror="a">&\'';
    const { publication } = goodDay;
    const view: PublicView = {
      ...goodDay,
      addresses: { http: hostile, ldap: hostile, ocsp: hostile },
      publication: {
        ...publication,
        names: { service: hostile, authority: hostile, governor: hostile, prefecture: hostile, council: hostile },
        remark: hostile,
        notices: [{ date: "2026-01-01", title: hostile, text: [hostile], publisher: "both" }],
        structureChanges: [{ date: "2026-01-01", title: hostile, text: [hostile] }],
        crossCertified: [{ name: hostile, since: "2026-01-01" }],
        crossCancelled: [{ name: hostile, since: "2026-01-01", cancelledOn: "2026-01-02" }],
        compromise: { since: exhibitNow, title: hostile, text: [hostile] },
      },
      statement: { ...goodDay.statement, title: hostile, publisher: hostile, remark: hostile },
    };
    for (const path of everyPath) expect(pageAt(path, view)).not.toContain("<img");
    expect(renderPage("/feed.atom", view, origin)?.body).not.toContain("<img");
    expect(renderNotFound(hostile, view).body).not.toContain("<img");
  });

  it("says so where nothing is there yet, and shows no empty table", () => {
    for (const [path] of menu) {
      expect(pageAt(path, firstDay)).not.toContain("<tbody></tbody>");
      expect(pageAt(path, firstDay)).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(textAt("/certificates", firstDay)).toContain("まだ公開している証明書はありません。");
    expect(textAt("/", firstDay)).toContain("まだ失効リストを発行していません。");
    expect(textAt("/statement", firstDay)).toContain("1.0 2004年1月29日 初版発行");
  });

  it("is there or is not, whatever the path", () => {
    const parts = fc.constantFrom(
      "/",
      "statement",
      "..",
      "1.8",
      "1.9",
      "certificates",
      "a".repeat(64),
      "constructor",
      "%00",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((all) => all.join("")),
        ),
        (path) => {
          const page = renderPage(path, goodDay, origin) ?? renderNotFound(path, goodDay);
          expect([200, 404]).toContain(page.status);
        },
      ),
      { seed: 6, numRuns: 500 },
    );
    expect(
      ["/constructor", "/statement/1.9..1.8", "/statement/1.7", sheets[0]?.slice(0, -1) ?? ""].map((path) =>
        renderPage(path, goodDay, origin),
      ),
    ).toEqual([undefined, undefined, undefined, undefined]);
    expect(renderNotFound("/x", goodDay).status).toBe(404);
  });
});

describe("the practice statement's page", () => {
  it("[C-0.1] [C-2-6-2.1] shows the version in force at the instant, and every version with date and change", () => {
    expect(textAt("/statement")).toContain("運用規程 第1.9版");
    const then: PublicView = { ...goodDay, now: new Date("2014-04-01T00:00:00Z") };
    const text = textAt("/statement", then);
    expect(text).toContain("千葉県認証局 運用規程 第1.8版 第1.8版 2014年4月1日");
    for (const [version, day, change] of [
      ["1.0", "2004年1月29日", "初版発行"],
      ["1.1", "2004年4月1日", "1-3-4 連絡先の変更"],
      ["1.2", "2005年1月19日", "施行規則改正等に伴う改版"],
      ["1.3", "2005年4月6日", "1-3-4 連絡先の変更"],
      ["1.4", "2006年11月1日", "法改正に伴う改版"],
      ["1.5", "2008年9月19日", "認証局の秘密鍵更新等に伴う改版"],
      ["1.6", "2011年4月1日", "1-3-4 連絡先の変更"],
      ["1.7", "2013年7月8日", "住民基本台帳法の一部を改正する法律（平成21年法律第77号）の施行に伴う改正"],
      ["1.8", "2014年4月1日", "公的個人認証サービス共通基盤事業運用会議発足に伴う改正"],
    ]) {
      expect(text).toContain(`${version} ${day} ${change}`);
    }
  });

  it("[C-1.1] [C-0.2] has an anchor and a heading for every section, in order, with 規定しない beneath those without rule", () => {
    for (const { version, sections } of textsOfStatement(goodDay.statement)) {
      const path = `/statement/${version}`;
      const found = [...pageAt(path).matchAll(/<h([2-6]) id="([\d-]+)">/g)].map(([, , id]) => id);
      expect(found).toEqual(sections.map(({ number }) => number));
      for (const { kind, number, heading } of sections) {
        expect(sectionAt(number, path)).toContain(`${number} ${heading}`);
        expect(sectionAt(number, path).endsWith(`${heading}規定しない`)).toBe(kind === "notStipulated");
      }
    }
  });

  it("[C-1-1.4] says that certificate policy and practice statement are this one document", () => {
    expect(textAt("/statement")).toMatch(/証明書ポリシー（CP）と認証実施規程（CPS）は分けず、この規程が両方を兼ねます/);
    expect(sectionAt("1-1")).toContain("この規程ひとつが両方を兼ねます");
  });

  it("[C-1-3-2.1] says what certificates are for, and that they are for nothing else", () => {
    const uses = sectionAt("1-3-2");
    expect(uses).toContain("行政機関等・裁判所へのオンライン手続の電子署名、署名検証者等と署名確認者が行う本人の確認");
    expect(uses).toContain("ほかの目的には使えません");
  });

  it("[C-2-2.1] has the responsibility of each of the eight", () => {
    const who = [
      "総務大臣",
      "千葉県知事",
      "市町村長",
      "指定認証機関",
      "利用者",
      "署名検証者",
      "団体署名検証者",
      "署名確認者",
    ];
    for (const [index, name] of who.entries()) {
      expect(sectionAt(`2-2-${index + 1}`)).toMatch(new RegExp(`2-2-${index + 1} ${name}の責任.*責任を負います。`));
    }
  });

  it("[C-8-2.1] is the notice of a change: the new version is there from its day on, in the feed and with its differences", () => {
    expect(sectionAt("8-2")).toContain("この公表をもって、利用者、署名検証者等、署名確認者への通知とします");
    expect(renderPage("/feed.atom", goodDay, origin)?.body).toContain("運用規程 第1.9版");
    expect(pageAt("/statement")).toContain('href="/statement/1.8..1.9"');
    expect(textAt("/statement/1.8..1.9")).toContain(
      "RSAの ［削除］ 1024 ［削除終わり］ ［追加］ 2048 ［追加終わり］ ビットです。",
    );
  });

  it("keeps the names of the feed's entries when another is added", () => {
    const idsOf = (view: PublicView) =>
      [...(renderPage("/feed.atom", view, origin)?.body ?? "").matchAll(/<entry><id>(.*?)<\/id>/g)].map(([, id]) => id);
    const { publication } = goodDay;
    const news = { date: "2026-11-22", title: "新しい知らせ", text: ["本文"], publisher: "both" } as const;
    const later = { ...goodDay, publication: { ...publication, notices: [news, ...publication.notices] } };
    expect(idsOf(later).slice(1)).toEqual(idsOf(goodDay));
    expect(new Set(idsOf(later)).size).toBe(publication.notices.length + 1 + goodDay.statement.versions.length);
  });

  it("tells a reader of another version that it is not in force", () => {
    expect(textAt("/statement/1.8")).toContain("古い版です。");
    expect(textAt("/statement/1.9", { ...goodDay, now: new Date("2026-09-30T14:59:59Z") })).toContain(
      "まだ効力がありません。",
    );
  });

  it("[C-4-4-11.1] says that verifiers must confirm validity by the governor's lists", () => {
    expect(sectionAt("4-4-11")).toMatch(/署名検証者は、知事が発行する失効記録（CRL\/ARL）で.*確かめなければなりません/);
    expect(textAt("/revocation-lists")).toContain(
      "知事が発行する失効リストで電子証明書の有効性を確かめなければなりません",
    );
  });
});

describe("what is published of the authority", () => {
  it("[C-2-6-1.1] is, as the council's publication: laws, the statement, names of authorities cross-certified and cancelled, key compromise", () => {
    const cancelled = { name: "もとの認証局", since: "2010-04-01", cancelledOn: "2015-03-31" };
    const view = { ...compromiseDay, publication: { ...compromiseDay.publication, crossCancelled: [cancelled] } };
    for (const path of ["/laws", "/statement", "/cross-certification", "/notices"]) {
      expect(textAt(path, view)).toContain("公表 公的個人認証サービス共通基盤事業運用会議");
    }
    expect(textAt("/cross-certification", view)).toContain(
      "公的個人認証サービスブリッジ認証局（個人認証BCA） 2004年1月29日",
    );
    expect(textAt("/cross-certification", view)).toContain("もとの認証局 2010年4月1日 2015年3月31日");
    expect(textAt("/notices", view)).toContain("千葉県知事の秘密鍵が危殆化しました");
    expect(textAt("/notices")).toContain("現在、千葉県知事の秘密鍵の危殆化はありません。");
  });

  it("[C-2-4-1.1] [C-2-6-2.1] rests on the governing law and related laws, each with the day of its newest version", () => {
    expect(sectionAt("2-4-1")).toContain("この規程は、根拠法とその関係法令に基づきます");
    const text = textAt("/laws");
    for (const { name, number } of goodDay.publication.laws.list)
      expect(text).toContain(`${name} ${number} 2013年7月8日`);
    expect(goodDay.publication.laws.list.filter(({ role }) => role === "governing").map(({ name }) => name)).toEqual([
      "電子署名に係る地方公共団体の認証業務に関する法律",
    ]);
  });

  it("[C-2-4-2.1] has changes of the operating structure, on the council's and the prefecture's site", () => {
    const text = textAt("/operating-structure");
    expect(text).toContain("公表 公的個人認証サービス共通基盤事業運用会議・千葉県");
    expect(text).toContain("公的個人認証サービス共通基盤事業運用会議の発足 2014年4月1日");
  });

  it("[C-1-3-4.1] has the contact of the statement", () => {
    const text = textAt("/contact");
    for (const fact of [
      "千葉県千葉市中央区市場町1-1",
      "総務部情報システム課",
      "平日 午前9時から午後5時まで",
      "043-223-2401",
      "043-222-4772",
      "cloud@mz.pref.chiba.lg.jp",
    ]) {
      expect(text).toContain(fact);
    }
  });
});

describe("notices", () => {
  it("are there from their day in Japan on, the newest first", () => {
    const day = (date: string) => ({ date, title: `${date}の知らせ`, text: ["本文"], publisher: "both" }) as const;
    const notices = [day("2026-11-21"), day("2026-11-23"), day("2026-11-22")];
    const view: PublicView = { ...goodDay, publication: { ...goodDay.publication, notices } };
    const titles = (now: string) => textAt("/notices", { ...view, now: new Date(now) }).match(/2026-11-\d\dの知らせ/g);
    expect(titles("2026-11-22T14:59:59Z")).toEqual(["2026-11-22の知らせ", "2026-11-21の知らせ"]);
    expect(titles("2026-11-22T15:00:00Z")?.[0]).toBe("2026-11-23の知らせ");
    expect(renderPage("/feed.atom", view, origin)?.body).not.toContain("2026-11-23の知らせ");
  });
});

describe("certificates", () => {
  it("[C-6-1-1-6.1] show the fingerprints that OpenSSL computes, in groups of four and as they are read out", () => {
    for (const { der } of goodDay.certificates) {
      for (const [algorithm, option] of [
        ["SHA-256", "-sha256"],
        ["SHA-1", "-sha1"],
      ] as const) {
        const said = execFileSync("openssl", ["x509", "-inform", "DER", "-noout", "-fingerprint", option], {
          input: der,
        });
        const hex = said.toString().trim().split("=")[1]?.replaceAll(":", "") ?? "";
        const groups = groupsOf(fingerprintOf(der, algorithm));
        expect(groups.join("")).toBe(hex);
        expect(textAt("/certificates")).toContain(groups.join(" "));
        const sheet = textAt(`/certificates/${fingerprintOf(der, "SHA-256")}`);
        for (const group of groups) expect(sheet).toContain(`${group} ${readingOf(group).join("・ ")}`);
      }
    }
  });

  it("are read out by sixteen words, none the beginning of another", () => {
    const words = readingOf("0123456789ABCDEF");
    expect(new Set(words).size).toBe(16);
    expect(words.filter((word) => words.some((other) => other !== word && other.startsWith(word)))).toEqual([]);
  });

  it("[C-2-8-2.1] of every kind that is not confidential are shown, with their state", () => {
    const text = textAt("/certificates");
    for (const name of [
      "自己署名証明書 第2世代",
      "リンク証明書（NewWithOld） 第2世代",
      "リンク証明書（OldWithNew） 第1世代",
      "相互認証証明書（個人認証BCAへ発行したもの） 第2世代",
      "相互認証証明書（個人認証BCAから受けたもの） 第1世代",
      "運用のための証明書 第2世代",
    ]) {
      expect(text).toContain(name);
    }
    expect(text).toContain("失効 2026年9月15日 12:00 事由：更新（superseded）");
  });
});

describe("revocation lists", () => {
  const text = textAt("/revocation-lists");

  it("[C-2-6-3.1] of the authority's and of operational certificates are offered to anyone", () => {
    const links = attributes(pageAt("/revocation-lists"), "href");
    for (const list of goodDay.lists) {
      expect(links).toContain(listPath(list));
      const served = publicObjects(goodDay).get(listPath(list));
      const answer = served && answerForObject(served, { method: "GET", headers: {} }, exhibitNow);
      expect(answer?.body).toEqual(list.der);
      expect(answer?.headers["cache-control"]).toMatch(/^public/);
    }
    expect(goodDay.lists.map(listPath)).toEqual([
      "/repository/authority-revocation-lists/2.crl",
      "/repository/authority-revocation-lists/1.crl",
      "/repository/operational-revocation-lists/2.crl",
    ]);
  });

  it("of subscribers are offered to nobody here; the page says who may have them and why", () => {
    expect(attributes(pageAt("/revocation-lists"), "href").filter((link) => link.endsWith(".crl"))).toHaveLength(3);
    expect(text).toContain("届け出て利用を認められた署名検証者と団体署名検証者だけが取得できます。");
    expect(text).toContain("その人の暮らしに関わる情報だからです");
  });

  it("[C-2-8-3.1] say of a revoked certificate its number, the time and the reason's code, and nothing else", () => {
    const entry = goodDay.lists[1]?.entries[0];
    expect(text).toContain(`${entry?.serialNumber.toUpperCase()} 2026年9月15日 12:00 更新（superseded） DERを取得`);
  });
});

describe("freshness and availability", () => {
  it("[C-2-6-4.1] says round the clock, and tells maintenance before and while it is", () => {
    const text = textAt("/status", badDay);
    expect(text).toContain("1日24時間、1年365日利用できます");
    expect(text).toContain(
      "保守中 2026年11月22日 17:00 から 2026年11月22日 19:00 まで：リポジトリ（LDAP）（ソフトウェアの更新） 2026年12月5日 22:00 から",
    );
    expect(textAt("/status", { ...badDay, now: new Date("2026-12-06T00:00:00Z") })).toContain(
      "予定している保守はありません。",
    );
  });

  it("calls a list late at 25 hours, critically late at 60, expired after 72", () => {
    const text = textAt("/status", badDay);
    expect(text).toContain("期限切れ 1、重大な遅れ 1、遅れ 1（57件のうち）");
    expect(text).toContain("千葉市 第2世代 遅れ 25時間0分 2026年11月21日 17:05");
    expect(text).toContain("銚子市 第2世代 重大な遅れ");
    expect(text).toContain("市川市 第2世代 期限切れ");
    expect(textAt("/status")).toContain("すべて正常です。");
  });

  it("shows what is wrong before what is right, the worst first", () => {
    const states = (view: PublicView) =>
      [...pageAt("/status", view).matchAll(/<td><span class="state (\w+)">/g)].map(([, state]) => state).slice(3, 7);
    expect(states(badDay)).toEqual(["expired", "critical", "late", "fresh"]);
    const text = textAt("/status");
    expect(text.indexOf("認証局（ARL）")).toBeLessThan(text.indexOf("千葉市"));
  });

  it("says when uses wait for a person before they count, and nothing while none does", () => {
    expect(textAt("/status", badDay)).toContain("署名検証者等への提供の記録3件がまだ数えられていません。");
    expect(textAt("/status")).not.toContain("提供の記録");
  });

  it("says the same to programs", () => {
    const page = renderPage("/status.json", badDay, origin);
    const document = JSON.parse(page?.body ?? "");
    expect(page?.headers["content-type"]).toBe("application/json");
    expect(document.partitions).toHaveLength(57);
    expect(document.partitions[3]).toEqual({
      kind: "subscriber",
      municipality: { code: "121002", name: "千葉市" },
      generation: 2,
      state: "late",
      number: 68,
      thisUpdate: "2026-11-21T08:05:00.000Z",
      nextUpdate: "2026-11-24T08:05:00.000Z",
      nextPublish: "2026-11-22T08:05:00.000Z",
      ageSeconds: 90_000,
    });
    expect(document.services[1]).toMatchObject({ service: "ldap", state: "unavailable", availability30Days: 0.9971 });
    expect(document.maintenance).toHaveLength(2);
    expect(document.accessRecords).toEqual({ setAside: 3 });
  });
});

describe("reports on provision", () => {
  it("[C-4-5.1] have the four items and no other", () => {
    const heads = [...pageAt("/provision-reports/2025").matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/g)].map(
      ([, head]) => head,
    );
    expect(heads).toEqual(["提供先", "提供を行った年月", "件数", "提供の方法"]);
    expect(textAt("/provision-reports/2025")).toContain("国税庁 2026年3月 1,204,331 OCSPレスポンダ照会方法");
  });

  it("[C-4-5.2] can be seen for five years and not longer", () => {
    expect(renderPage("/provision-reports/2020", goodDay, origin)).toBeUndefined();
    const lastDay = { ...goodDay, now: new Date("2026-05-28T14:59:59.000Z") };
    expect(renderPage("/provision-reports/2020", lastDay, origin)?.status).toBe(200);
    expect(textAt("/provision-reports", lastDay)).toContain("令和2年度");
    expect(textAt("/provision-reports")).not.toContain("令和2年度");
  });

  it("[C-4-5.2] are there as PDF for the same time, which caches may keep until then", () => {
    expect(pageAt("/provision-reports/2025")).toContain('href="/provision-reports/2025.pdf" type="application/pdf"');
    const pdfAt = (now: Date, id: string) => publicObjects({ ...goodDay, now }).get(`/provision-reports/${id}.pdf`);
    const lastSecond = new Date("2026-05-28T14:59:59.999Z");
    const [after, before] = [new Date("2026-05-28T15:00:00Z"), new Date("2021-05-27T23:59:59.999Z")];
    expect(pdfAt(goodDay.now, "2025")).toBeDefined();
    expect(pdfAt(after, "2020")).toBeUndefined();
    expect(pdfAt(before, "2020")).toBeUndefined();
    const open = pdfAt(lastSecond, "2020");
    if (open === undefined) throw new Error("gone in its last second");
    const early = new Date("2026-05-28T14:00:00Z");
    const answer = answerForObject(open, { method: "GET", headers: {} }, early);
    expect(String(answer.body)).toBe("%PDF-1.4 令和2年度");
    expect(answer.headers).toMatchObject({
      "content-type": "application/pdf",
      "cache-control": "public, max-age=3599, must-revalidate",
    });
  });

  it("[C-2-1-2.13] of the governor himself are in his name", () => {
    const [report] = goodDay.reports;
    if (report === undefined) throw new Error("no report");
    const own = { ...report.report, madeBy: { kind: "governor", name: "千葉県知事" } } as const;
    const view = { ...goodDay, reports: [{ ...report, report: own }] };
    expect(textAt("/provision-reports/2025", view)).toContain("作成した者 千葉県知事");
  });
});
