import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { sealedPasswordInfo } from "@mitome/card/sealed-password";
import type { ResidentView } from "@mitome/ra";
import { keySteps } from "@mitome/ra/views";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import english from "../messages/resident.en.json" with { type: "json" };
import japanese from "../messages/resident.ja.json" with { type: "json" };
import { residentExhibits as exhibits, password } from "./resident-exhibits.ts";
import { axeFindings, settled, targetFaults, type Visit, visitGallery } from "./visit.ts";

type CaseView = Exclude<ResidentView, { readonly screen: "welcome" }>;
const place = { kind: "resident", counter: "窓口1", municipality: "千葉市" } as const;

let visit: Visit;
beforeAll(async () => {
  visit = await visitGallery();
  visit.gallery.show({ me: { screen: place, clerk: null, state: "open" }, resident: exhibits.welcome });
});
afterAll(() => visit?.end());
beforeEach(() => {
  visit.gallery.acts.length = 0;
  visit.gallery.onAct(() => undefined);
  visit.gallery.show({ resident: exhibits.welcome });
});

async function show(
  page: Page,
  view: ResidentView,
  change: Partial<Pick<CaseView, "language" | "textSize">> = {},
): Promise<void> {
  visit.gallery.show({ resident: exhibits.welcome });
  await settled(page);
  visit.gallery.show({ resident: view.screen === "welcome" ? view : { ...view, ...change } });
  await settled(page);
}

const settings = [
  { width: 1280, height: 800, language: "ja", textSize: "normal" },
  { width: 1280, height: 800, language: "en", textSize: "largest" },
  { width: 1080, height: 1920, language: "ja", textSize: "large" },
] as const;

describe.each(settings)("every screen of the resident at $width×$height, $language, $textSize", (setting) => {
  const { width, height, ...change } = setting;
  let page: Page;
  beforeAll(async () => {
    page = await visit.open("/resident", { viewport: { width, height } });
  });
  afterAll(() => page?.close());

  it.each(Object.entries(exhibits))(
    "%s has no finding of axe and targets of 64 px, 8 px apart",
    async (_name, view) => {
      await show(page, view, change);
      expect(await axeFindings(page)).toEqual([]);
      expect(await targetFaults(page, 64, 8)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
    },
  );

  it("so have the keys of the password, with a reason shown", async () => {
    await show(page, exhibits.password, change);
    await page.locator("footer button").first().click();
    await page.keyboard.type("ABC");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("alert").first().textContent()).toContain("3");
    expect(await axeFindings(page)).toEqual([]);
    expect(await targetFaults(page, 64, 8)).toEqual([]);
  });

  it("call and stop stand in the same place on every screen", async () => {
    const names = change.language === "ja" ? ["係員を呼ぶ", "やめる"] : ["Call staff", "Stop"];
    const places = names.map(() => new Set<string>());
    for (const view of Object.values(exhibits)) {
      await show(page, view, change);
      for (const [index, name] of names.entries()) {
        const button = page.getByRole("button", { name, exact: true });
        if ((await button.count()) === 1) places[index]?.add(JSON.stringify(await button.boundingBox()));
      }
    }
    expect(places.map(({ size }) => size)).toEqual([1, 1]);
  });
});

/** A key pair of the test's own, to open what the page sealed. */
async function recipient() {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const keys = await suite.kem.generateKeyPair();
  const publicKey = Buffer.from(await suite.kem.serializePublicKey(keys.publicKey)).toString("base64");
  const { sealingKey } = password;
  const view = { ...password, sealingKey: { ...sealingKey, sessionKey: { ...sealingKey.sessionKey, publicKey } } };
  const openSealed = async (sealed: { readonly enc: string; readonly ciphertext: string }) => {
    const info = sealedPasswordInfo(sealingKey.binding);
    const context = await suite.createRecipientContext({
      recipientKey: keys.privateKey,
      enc: Buffer.from(sealed.enc, "base64"),
      info,
    });
    return new TextDecoder().decode(await context.open(Buffer.from(sealed.ciphertext, "base64")));
  };
  return { view, openSealed };
}

describe("千葉県運用規程 6-4-2-1: the password", () => {
  const canary = "KAZE7YAMA2Q";

  it("[C-6-4-2-1.1] is set by the resident personally, by touch alone, and leaves the page sealed only", async () => {
    const { view, openSealed } = await recipient();
    const page = await visit.open("/resident", { hasTouch: true });
    const sent: string[] = [];
    page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
    await show(page, view);
    const tap = (name: string) => page.getByRole("button", { name, exact: true }).tap();
    await tap("パスワードを入れる");
    for (const character of canary) await tap(character);
    await tap("次へ");
    for (const character of canary) await tap(character);
    await tap("このパスワードに決める");
    await expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe("setPassword");
    const action = visit.gallery.acts.at(-1);
    if (action?.type !== "setPassword") throw new Error("no password was sent");
    expect(await openSealed(action.sealedPassword)).toBe(canary);
    expect(action.commandNumber).toBe(password.sealingKey.binding.commandNumber);

    const wire = [...sent, ...visit.gallery.requests].join("\n");
    for (const trace of [
      canary,
      canary.toLowerCase(),
      Buffer.from(canary).toString("base64").slice(0, 14),
      Buffer.from(canary).toString("hex"),
    ])
      expect(wire).not.toContain(trace);
    const left = await page.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.documentElement.outerHTML,
        [...document.querySelectorAll("input")].map(({ value }) => value),
      ]),
    );
    expect(left).not.toContain(canary);
    await page.close();
  });

  it("[C-6-4-2-1.1] is set by keys alone as well, small letters becoming capitals", async () => {
    const { view, openSealed } = await recipient();
    const page = await visit.open("/resident");
    await show(page, view);
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "パスワードを入れる" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(canary.toLowerCase());
    await page.keyboard.press("Enter");
    await settled(page);
    await page.keyboard.type(canary);
    await page.keyboard.press("Enter");
    await expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe("setPassword");
    const action = visit.gallery.acts.at(-1);
    expect(action?.type === "setPassword" && (await openSealed(action.sealedPassword))).toBe(canary);
    await page.close();
  });

  const reasons = {
    ja: {
      AAAAAA: "くり返し",
      ABCDEF: "順番",
      S640107: "生年月日",
      "": "6文字以上",
      PASSW0RD: "よく使われる",
      MT0000000: "カード番号",
      "ABC-12": "英語の大文字と数字",
    },
    en: {
      AAAAAA: "repeats",
      ABCDEF: "sequence",
      S640107: "date of birth",
      "": "at least 6",
      PASSW0RD: "common",
      MT0000000: "card number",
      "ABC-12": "capital letters",
    },
  } as const;
  it.each(["ja", "en"] as const)("is refused in plain words when it is easy to guess (%s)", async (language) => {
    const page = await visit.open("/resident");
    // The birth date was on the screen a moment before.
    await show(page, exhibits.confirmData, { language });
    visit.gallery.show({ resident: { ...password, language } });
    await settled(page);
    await page.locator("footer button").first().click();
    for (const [weak, words] of Object.entries(reasons[language])) {
      await page.locator("input").fill(weak);
      await page.locator("input").press("Enter");
      expect(await page.getByRole("alert").first().textContent()).toContain(words);
    }
    expect(visit.gallery.acts).toEqual([]);
    await page.close();
  });

  it("is not pasted, must be typed twice the same, and is shown for two seconds only", async () => {
    const page = await visit.open("/resident");
    await show(page, exhibits.password);
    await page.locator("footer button").first().click();
    const field = page.locator("input");
    await field.evaluate((input) => {
      const data = new DataTransfer();
      data.setData("text/plain", "KAZE7YAMA2");
      input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    expect(await field.inputValue()).toBe("");
    expect(await page.getByRole("alert").first().textContent()).toContain("貼り付け");
    await page.keyboard.type("KAZE7YAMA2");
    expect(await field.getAttribute("type")).toBe("password");
    await page.getByRole("button", { name: "2秒だけ見る" }).click();
    await settled(page);
    expect(await field.getAttribute("type")).toBe("text");
    await expect.poll(() => field.getAttribute("type"), { timeout: 4_000 }).toBe("password");
    await field.press("Enter");
    await page.keyboard.type("KAZE7YAMA3");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("alert").first().textContent()).toContain("1回目と違います");
    expect(visit.gallery.acts).toEqual([]);
    await page.close();
  });
});

const doubleTapTime = 400;

describe("the resident's way through the case", () => {
  it.each(["touch", "keyboard"] as const)("[C-6-1-2-1.1] goes from own data to the card by %s alone", async (means) => {
    const page = await visit.open("/resident", { hasTouch: means === "touch" });
    const press = async (name: string) => {
      const button = page.getByRole("button", { name, exact: true });
      if (means === "touch") {
        await button.tap();
        // Sooner, a tap in the same place is the second half of a double tap, which passes no step.
        return page.waitForTimeout(doubleTapTime);
      }
      // Tab goes round every control; the one sought comes up within one round.
      for (let count = 0; count < 80; count++) {
        if (await button.evaluate((element) => element === document.activeElement)) break;
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("Enter");
    };
    const acted = (type: string) => expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe(type);
    for (const [view, name, type] of [
      [exhibits.confirmData, "大きく", "chooseTextSize"],
      [exhibits.confirmData, "English", "chooseLanguage"],
      [exhibits.confirmData, "ちがいます", "disputeData"],
      [exhibits.confirmData, "合っています", "confirmData"],
      [exhibits.terms, "約束します", "acceptTerms"],
      [exhibits.giveCard, "渡しました", "cardGiven"],
      [exhibits.notices, "読みました", "acknowledge"],
    ] as const) {
      await show(page, view);
      await press(name);
      await acted(type);
    }
    await show(page, exhibits.terms);
    await press("やめる");
    await press("続ける");
    await settled(page);
    expect(await page.locator("h1").textContent()).toBe("利用の約束");
    await press("係員を呼ぶ");
    await acted("callClerk");
    await press("やめる");
    await press("やめて係員を呼ぶ");
    await acted("stop");
    await page.close();
  });

  it.each([
    ["ja", ["済", "今ここ", "これから"]],
    ["en", ["done", "now", "to come"]],
  ] as const)(
    "says which steps of the key are done, which is now and which are to come (%s)",
    async (language, states) => {
      const page = await visit.open("/resident");
      const [done, current, waiting] = states;
      for (const [index, step] of keySteps.entries()) {
        await show(page, { ...exhibits.makingKey, step }, { language });
        const items = await page.locator("main ol li").allTextContents();
        const expected = keySteps.map((_step, at) => (at < index ? done : at === index ? current : waiting));
        expect(items).toHaveLength(keySteps.length);
        for (const [at, item] of items.entries()) expect(item).toMatch(new RegExp(`${expected[at]}$`));
        const now = page.locator("main li[aria-current=step]");
        expect(await now.count()).toBe(1);
        const name = language === "ja" ? japanese.makingKey[step] : english.makingKey[step];
        expect(await now.textContent()).toContain(name);
        expect(await page.locator("main [role=status]").last().textContent()).toBe(`${current}: ${name}`);
      }
      await page.close();
    },
  );

  it("[C-4-3-2.1] [C-4-3-2.2] [C-2-1-3.9] shows each notice alone and goes on only when it was acknowledged", async () => {
    const page = await visit.open("/resident");
    const { notices } = exhibits.notices;
    for (const [index, notice] of notices.entries()) {
      await show(page, {
        ...exhibits.notices,
        notices: notices.map((each, at) => ({ ...each, acknowledged: at < index })),
      });
      const text = await page.locator("main").textContent();
      expect(text).toContain(notice.body.ja);
      expect(text).toContain(notice.clause);
      for (const other of notices) if (other.id !== notice.id) expect(text).not.toContain(other.body.ja);
      await page.getByRole("button", { name: "読みました" }).click();
      await expect.poll(() => visit.gallery.acts.at(-1)).toEqual({ type: "acknowledge", notice: notice.id });
    }
    expect(notices.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["strictCare", "reportLoss", "limitsOfUse", "penalties"]),
    );
    await page.close();
  });

  it("is told when an action met with something else", async () => {
    const page = await visit.open("/resident");
    for (const [answer, words] of [
      [{ kind: "notNow" }, "もう一度、今の画面から"],
      [{ kind: "problem", explanation: exhibits.stopped.explanation }, "きょうは、ここで終わります。"],
    ] as const) {
      await show(page, exhibits.confirmData);
      visit.gallery.show({ answer });
      await page.getByRole("button", { name: "合っています" }).click();
      await page.getByRole("alert").filter({ hasText: words }).waitFor();
    }
    visit.gallery.show({ answer: { kind: "done" } });
    await page.close();
  });

  it("keeps the content security policy and asks no other origin for anything", () => {
    expect(visit.faults).toEqual([]);
  });
});
