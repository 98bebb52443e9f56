/** The operators' desk for the registry of verifiers, in a browser, in front of a whole authority. */
import { existsSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type DeskWorld, startDeskWorld } from "./desk.fixture.ts";

const operator = "operator-1";
const unauthorized = "30030a0106";
const id = "chiba-tax";
const screen = { width: 1280, height: 800 };

let world: DeskWorld;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (path === undefined) throw new Error("Chromium is missing: apt-get install chromium");
  [browser, world] = await Promise.all([
    chromium.launch({ executablePath: path, chromiumSandbox: process.getuid?.() !== 0, args: ["--disable-gpu"] }),
    startDeskWorld(operator),
  ]);
  page = await browser.newPage({ javaScriptEnabled: false, viewport: screen });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

const go = (path: string) => page.goto(`${world.url}${path}`);
const text = async () => (await page.locator("main").textContent()) ?? "";
const button = (name: string) => page.getByRole("button", { name, exact: true });
const unfold = (title: string) => page.locator("summary", { hasText: title }).first().click();

interface AuditRow {
  readonly kind: string;
  readonly operator: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The newest audit event of a kind. */
async function newest(kind: string): Promise<AuditRow | undefined> {
  const [row] = await world.owner<AuditRow>`select kind, operator, detail from ca.audit_event
    where kind = ${kind} order by at desc, sequence desc limit 1`;
  return row;
}

async function events(): Promise<number> {
  const [counted] = await world.owner<{ events: number }>`select count(*)::integer as events from ca.audit_event
    where kind like 'verifier.%' or kind like 'report.%' or kind like 'equipment.%'`;
  return counted?.events ?? -1;
}

async function register(fields: Readonly<Record<string, string>>, kind: string): Promise<void> {
  await go("/verifiers/new");
  await page.locator("#class").selectOption(kind);
  for (const [name, value] of Object.entries(fields)) await page.locator(`[id="${name}"]`).fill(value);
  await button("登録する").click();
}

const contact = {
  "contacts.0.department": "業務課",
  "contacts.0.person": "検証係",
  "contacts.0.telephone": "043-000-0000",
  "contacts.0.email": "verifier@example.jp",
};

const recordAll = async (...buttons: readonly string[]) => {
  for (const name of buttons) await page.getByRole("button", { name }).first().click();
};

describe("the registry at the desk (千葉県運用規程 1-3-1 (9) to (11))", () => {
  it("says why a registration is refused, at the field, and keeps what was entered", async () => {
    await register(
      { id, name: "千葉税務署（架空）", address: "千葉市中央区", ...contact, "contacts.0.telephone": "電話" },
      "administrativeOrgan",
    );
    expect(await text()).toContain("連絡先の電話番号の書き方が違います");
    expect(await page.locator('[id="contacts.0.telephone"]').getAttribute("aria-invalid")).toBe("true");
    await page.locator(".complaint:focus").waitFor();
    expect(await page.locator("#name").inputValue()).toBe("千葉税務署（架空）");
    expect(await newest("verifier.registered")).toBeUndefined();
  });

  it("enters a verifier with class and contacts, by the operator's name in the audit trail, and no right", async () => {
    await register({ id, name: "千葉税務署（架空）", address: "千葉市中央区", ...contact }, "administrativeOrgan");
    expect(page.url()).toBe(`${world.url}/verifiers/${id}`);
    const detail = { verifier: id, kind: "verifier" };
    expect(await newest("verifier.registered")).toMatchObject({ operator: `desk-1/${operator}`, detail });
    expect(await text()).toContain("届出が記録されていません（運用規程 1-3-1(9)・(11)）");
    expect(await text()).toContain("行政機関等（1-3-1(9)①）");
    await go("/");
    expect(await text()).toMatch(/千葉税務署（架空）.*届出待ち/s);
  });

  it("does not enter the same id twice", async () => {
    await register({ id, name: "別の署", address: "千葉市", ...contact }, "court");
    expect(await text()).toContain("同じIDの署名検証者等がもう登録されています");
  });

  it("records a notified change of contacts: the one before stays on record, and who it is stays (1-3-1(9))", async () => {
    const change = async (fields: Readonly<Record<string, string>>) => {
      await unfold("変更の届出を記録する");
      for (const [name, value] of Object.entries(fields)) await page.locator(`[id="${name}"]`).fill(value);
      await button("変更を記録する").click();
    };
    const second = {
      "contacts.1.department": "総務課",
      "contacts.1.person": "後任",
      "contacts.1.telephone": "043-111-1111",
      "contacts.1.email": "next@example.jp",
    };
    await go(`/verifiers/${id}`);
    await change({ ...second, "contacts.1.telephone": "電話" });
    expect(await text()).toContain("変更の記録はできませんでした");
    expect(await page.locator('[id="contacts.1.telephone"]').getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator('[id="contacts.1.person"]').inputValue()).toBe("後任");
    await page.locator('[id="contacts.1.telephone"]').fill("043-111-1111");
    await button("変更を記録する").click();
    expect(await text()).toContain("変更を記録しました");
    expect(await text()).toMatch(/総務課.*後任.*043-111-1111/s);
    expect(await newest("verifier.registrationChanged")).toMatchObject({
      ...{ operator: `desk-1/${operator}`, detail: { verifier: id, changed: "contacts" } },
    });
    // The first contact leaves, by its empty fields.
    await change(Object.fromEntries(Object.keys(contact).map((field) => [field, ""])));
    expect(await text()).not.toContain("検証係");
    expect(await text()).toContain("後任");
    const before = await world.owner<{ revision: number; people: string }>`select revision,
      (select string_agg(c ->> 'person', ',') from json_array_elements(registration -> 'contacts') c) as people
      from ca.verifier_before where verifier = ${id} order by revision`;
    expect(before).toEqual([
      { revision: 1, people: "検証係" },
      { revision: 2, people: "検証係,後任" },
    ]);
    for (const statement of [`kind = 'groupVerifier'`, `registration = '{}'`])
      await expect(world.owner.run(`update ca.verifier set ${statement} where id = '${id}'`)).rejects.toThrow(
        "verifier_stays_who_it_is",
      );
  });

  it("does not record a change of what somebody else has changed since the page was opened", async () => {
    await go(`/verifiers/${id}`);
    await world.owner`update ca.verifier set registration = registration where id = ${id}`;
    await unfold("変更の届出を記録する");
    await page.locator("#address").fill("市川市");
    await button("変更を記録する").click();
    expect(await text()).toContain("ほかの人がこの署名検証者等について記録しました");
    expect(await text()).toContain("千葉市中央区");
  });

  it("offers each next act in the order of notification, agreement, right and start", async () => {
    await go(`/verifiers/${id}`);
    expect(await button("取決めを記録する").count()).toBe(0);
    // By keys alone.
    for (const focused of ["本文へ", "認証局 運営卓", "登録簿"]) {
      await page.keyboard.press("Tab");
      expect(await page.locator(":focus").textContent()).toBe(focused);
    }
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    // A key pressed does not wait for the page that it leads to.
    await button("取決めを記録する").waitFor();
    expect(await text()).toContain("取決めが記録されていません（運用規程 2-1-2(32)）");
    await button("取決めを記録する").click();
    expect(await text()).toContain("利用がまだ始まっていません");
    await page.getByRole("button", { name: /^与える.*OCSPで有効性を尋ねる/ }).click();
    await page.getByRole("button", { name: /^与える.*失効リストを取得する/ }).click();
    await button("利用を始める").click();
    expect(await text()).toContain("4つの権利のうち2つが使えます");
    const detail = { verifier: id, fact: "started", about: null };
    expect(await newest("verifier.factRecorded")).toMatchObject({ operator: `desk-1/${operator}`, detail });
  });

  it("sets a quota, and takes no other than a whole number", async () => {
    const set = async (value: string) => {
      await unfold("上限を変える");
      await page.locator("#usesPerMonth").fill(value);
      await button("上限を記録する").click();
    };
    await set("1000");
    expect(await text()).toContain("月に1,000件まで");
    await set("");
    expect(await text()).toContain("上限なし");
    expect((await newest("verifier.factRecorded"))?.detail).toEqual({ verifier: id, fact: "quotaSet", about: null });
  });

  it("[C-2-1-2.29] demands a report and records the answer, each once", async () => {
    await unfold("報告を求める");
    await page.locator("#demandedBy").selectOption("governor");
    await page.locator("#subject").fill("失効情報の管理の状況");
    await page.locator("#dueOn").fill("2999-03-31");
    await button("求めたことを記録する").click();
    expect(await text()).toContain("報告を待っています");
    expect(await newest("report.demanded")).toMatchObject({ operator: `desk-1/${operator}`, detail: { verifier: id } });
    const answering = await page.locator('form[action$="/report"] input[name="demand"]').getAttribute("value");
    await page.getByRole("button", { name: "報告を受けたことを記録する" }).click();
    expect(await text()).toContain("期限までに報告がありました");
    expect((await newest("report.answered"))?.detail).toEqual({ demand: answering });
  });

  it("keeps a 団体署名検証者's list of 署名確認者", async () => {
    await register({ id: "scriveners", name: "司法書士会（架空）", address: "千葉市", ...contact }, "agentsBody");
    await recordAll("届出を記録する", "取決めを記録する");
    await page.locator("#about").fill("確認 一郎");
    await button("一覧に加える").click();
    expect(await text()).toMatch(/署名確認者（1）.*確認 一郎/s);
    await page.getByRole("button", { name: /^除く.*確認 一郎/ }).click();
    expect(await text()).toContain("署名確認者（0）");
  });
});

describe("a credential", () => {
  let certificate: string;
  let key: string;

  it("is certified from the request that a verifier sends, and answered by responder and HTTP repository", async () => {
    const made = await world.makeRequest("tax");
    key = made.key;
    await go(`/verifiers/${id}`);
    await unfold("クライアント証明書を発行する");
    await page.locator("#requestText").fill(made.request);
    await button("発行する").click();
    expect(await text()).toContain("クライアント証明書を発行しました");
    expect(await newest("verifier.credentialGiven")).toMatchObject({ operator: `desk-1/${operator}` });
    const link = await page.getByRole("link", { name: "証明書を取得する" }).getAttribute("href");
    const { status, body, headers } = await world.send("GET", String(link), {});
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
    certificate = body;
    expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    await vi.waitFor(
      async () => {
        expect(await world.askResponder(certificate, key)).not.toBe(unauthorized);
        expect(await world.fetchList(certificate, key)).toBe(200);
      },
      { timeout: 40_000, interval: 500 },
    );
  });

  it("is refused for what is no request, for another key than P-256's, and for a key that was certified before", async () => {
    const before = await world.owner`select 1 from ca.equipment_certificate where kind = 'verifier'`;
    const { request } = await world.makeRequest("again");
    const cut = request.replace(/\n.{10}/, "\nAAAAAAAAAA");
    for (const [sent, complaint] of [
      ["-----BEGIN CERTIFICATE-----", "証明書要求（PKCS#10）が見つかりません"],
      [cut, "証明書要求の署名を、その中の公開鍵で検証できません"],
    ] as const) {
      await go(`/verifiers/${id}`);
      await unfold("クライアント証明書を発行する");
      await page.locator("#requestText").fill(sent);
      await button("発行する").click();
      expect(await page.locator(".complaint").textContent()).toContain(complaint);
    }
    await go(`/verifiers/${id}`);
    await unfold("クライアント証明書を発行する");
    const file = { name: "again.csr", mimeType: "application/pkcs10", buffer: Buffer.from(request) };
    for (const complaint of [undefined, "この鍵には、もう証明書を渡しています"]) {
      await page.locator("#requestFile").setInputFiles(file);
      await button("発行する").click();
      if (complaint === undefined) await unfold("クライアント証明書を発行する");
      else expect(await page.locator(".complaint").textContent()).toContain(complaint);
    }
    const after = await world.owner`select 1 from ca.equipment_certificate where kind = 'verifier'`;
    expect(after.length - before.length).toBe(1);
  });

  let password: string;
  const mayRead = () => world.ldapsearch(`verifier-${id}`, password);

  it("for the directory is a password that is shown once, and reads while its verifier may (4-4-4-5)", async () => {
    await go(`/verifiers/${id}`);
    await unfold("LDAPの名前とパスワードを設定する");
    await button("名前とパスワードを設定する").click();
    password = (await page.locator(".password").textContent()) ?? "";
    expect(password).toMatch(/^[A-Za-z0-9_-]{24}$/);
    await vi.waitFor(async () => expect(await mayRead()).toBe(0), { timeout: 40_000, interval: 500 });
    await go(`/verifiers/${id}`);
    expect(await page.content()).not.toContain(password);
    await button("利用を止める").click();
    expect(await text()).toContain("利用を止めています");
    expect(await mayRead()).toBe(32);
    await button("利用をまた始める").click();
    expect(await mayRead()).toBe(0);
    await page.getByRole("button", { name: /^取り消す.*失効リストを取得する/ }).click();
    expect(await mayRead()).toBe(32);
    await page.getByRole("button", { name: /^与える.*失効リストを取得する/ }).click();
    expect(await mayRead()).toBe(0);
  });

  it("for the directory that could not be set is said to be so, and set again", async () => {
    await go(`/verifiers/${id}`);
    await world.directory.halt();
    await unfold("LDAPの名前とパスワードを設定する");
    await button("新しいパスワードにする").click();
    expect(await text()).toContain("前のパスワードがあれば、まだそれが使えます");
    await button("利用を止める").click();
    expect(await text()).toContain("ディレクトリ（LDAP）に届かず");
    await button("利用をまた始める").click();
    await world.directory.resume();
    await unfold("LDAPの名前とパスワードを設定する");
    await button("新しいパスワードにする").click();
    password = (await page.locator(".password").textContent()) ?? "";
    expect(await mayRead()).toBe(0);
  });

  it("for the directory is not given to who may not read lists", async () => {
    await go("/verifiers/scriveners");
    await unfold("LDAPの名前とパスワードを設定する");
    expect(await text()).toContain("いまは設定できません");
    const [form] = await world.owner`select 1 from ca.verifier_credential where verifier = 'scriveners'`;
    expect(form).toBeUndefined();
  });

  it("that is withdrawn is refused at once by responder and HTTP repository, for ever, and ended as a machine's", async () => {
    await go(`/verifiers/${id}`);
    const fingerprint = String(/certificates\/([0-9a-f]{64})/.exec(await page.content())?.[1]);
    expect(await world.askResponder(certificate, key)).not.toBe(unauthorized);
    const item = page.locator("li", { has: page.locator(`a[href*="${fingerprint}"]`) });
    await item.locator("summary").click();
    await item.getByLabel("理由").selectOption("keyCompromise");
    await item.getByLabel("元に戻せないことを確かめました").check();
    await item.getByRole("button").click();
    expect(await text()).toContain("クレデンシャルを取り消しました");
    await vi.waitFor(
      async () => {
        expect(await world.askResponder(certificate, key)).toBe(unauthorized);
        expect(await world.fetchList(certificate, key)).toBe(403);
      },
      { timeout: 2_000, interval: 20 },
    );
    const detail = { verifier: id, credential: fingerprint, reason: "keyCompromise" };
    expect(await newest("verifier.credentialWithdrawn")).toMatchObject({ operator: `desk-1/${operator}`, detail });
    const [machine] = await world.owner`select revocation_reason from ca.equipment_certificate
      where fingerprint = ${fingerprint} and revoked_at is not null`;
    expect(machine).toEqual({ revocation_reason: "keyCompromise" });
  });

  it("for the directory ends with its withdrawal", async () => {
    await go(`/verifiers/${id}`);
    const item = page.locator("li", { has: page.getByRole("heading", { name: "LDAPの名前とパスワード" }) });
    await item.locator("summary").click();
    await item.getByLabel("理由").selectOption("superseded");
    await item.getByLabel("元に戻せないことを確かめました").check();
    await item.getByRole("button").click();
    expect(await text()).toContain("クレデンシャルを取り消しました");
    expect(await mayRead()).toBe(49);
  });
});

describe("a form", () => {
  const fields = (token: string) => `token=${token}&after=0&kind=notified`;
  const type = { "content-type": "application/x-www-form-urlencoded" };

  async function visit(): Promise<{ readonly cookie: string; readonly token: string }> {
    const { headers, body } = await world.send("GET", "/verifiers/scriveners", {});
    const [set = ""] = [headers["set-cookie"] ?? []].flat();
    return { cookie: set.split(";")[0] ?? "", token: /name="token" value="([^"]+)"/.exec(body)?.[1] ?? "" };
  }

  it("does nothing without this desk's origin, its cookie and its token", async () => {
    const { cookie, token } = await visit();
    const other = await visit();
    const before = await events();
    const path = "/verifiers/scriveners/record";
    for (const [headers, body, status] of [
      [{ cookie }, fields(token), 403],
      [{ cookie, origin: "https://evil.example" }, fields(token), 403],
      [{ cookie, origin: "null" }, fields(token), 403],
      [{ cookie, origin: world.url, "sec-fetch-site": "cross-site" }, fields(token), 403],
      [{ cookie, origin: world.url }, fields(""), 403],
      [{ cookie, origin: world.url }, fields(other.token), 403],
      [{ origin: world.url }, fields(token), 403],
      [{ cookie, origin: "http://evil.example", host: "evil.example" }, fields(token), 421],
      [{ cookie, origin: world.url }, `${fields(token)}&more=${"x".repeat(70_000)}`, 413],
    ] as const)
      expect([headers, (await world.send("POST", path, { ...type, ...headers }, body)).status]).toEqual([
        headers,
        status,
      ]);
    expect(await events()).toBe(before);
  });

  it("that was filled in before somebody else recorded something is not taken", async () => {
    const { cookie, token } = await visit();
    const answer = await world.send(
      ...(["POST", "/verifiers/scriveners/record", { ...type, cookie, origin: world.url }] as const),
      `token=${token}&after=0&kind=started`,
    );
    expect(answer.status).toBe(422);
    expect(answer.body).toContain("この画面を開いた後に、ほかの人が");
  });

  it("is not sent by a method or to an address that there is none of", async () => {
    expect((await world.send("PUT", "/", {})).status).toBe(405);
    expect((await world.send("GET", "/verifiers/nobody", {})).status).toBe(404);
    expect((await world.send("GET", "/", { host: "evil.example" })).status).toBe(421);
  });
});

describe("the desk's pages", () => {
  it("run no script, load nothing from elsewhere, are kept nowhere, and hold no person in an address", async () => {
    const { headers } = await world.send("GET", "/", {});
    expect(headers["content-security-policy"]).toContain("default-src 'none'; style-src 'self'");
    expect(headers["cache-control"]).toBe("no-store");
    for (const log of [world.desk.log(), world.operators.log()])
      for (const word of ["検証係", "verifier@example.jp", "043-000", "確認 一郎"]) expect(log).not.toContain(word);
  });

  it.each([
    ["a telephone", 375],
    ["a desk", 1280],
  ])("fit the screen of %s and have no finding of axe (JIS X 8341-3 AA)", async (_what, width) => {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const visitor = await context.newPage();
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    for (const path of ["/", "/verifiers/new", `/verifiers/${id}`, "/verifiers/scriveners", "/nowhere"]) {
      await visitor.goto(`${world.url}${path}`);
      await visitor.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      const { violations } = await new AxeBuilder({ page: visitor }).withTags(tags).analyze();
      expect([path, violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html}`)]).toEqual([path, []]);
      expect(await visitor.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
    await context.close();
  });
});

describe("the operators' listener", () => {
  it("answers machines of the desk's kind, in the name of an operator, and nobody else", async () => {
    expect(await world.listAs("desk", operator)).toBe(200);
    expect(await world.listAs("desk", undefined)).toBe("nobody");
    expect(await world.listAs("responder", operator)).toBe("nobody");
  });
});

describe("when the authority is away", () => {
  it("the desk says so, and that nothing is known of the act", async () => {
    await go("/verifiers/scriveners");
    await world.operators.stop();
    await page.getByRole("button", { name: "一覧に加える" }).waitFor();
    await page.locator("#about").fill("確認 二郎");
    await button("一覧に加える").click();
    expect(await text()).toContain("記録されたかどうかも分かりません");
    await go("/");
    expect(await text()).toContain("この画面は表示できませんでした");
  });

  it("what was done is in an audit trail that is whole and signed", async () => {
    expect(world.operators.log()).not.toContain("CA008");
    const [signed] = await world.owner`select 1 from ca.audit_event
      where kind = 'audit.headsSigned' and stream in
        (select stream from ca.audit_event where kind = 'verifier.registered')`;
    expect(signed).toBeDefined();
    expect(await world.authority.script("audit-verify")).toMatchObject({ kind: "whole" });
  });
});
