import type { ClerkView } from "@mitome/ra";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clerkExhibits as exhibits, person } from "./clerk-exhibits.ts";
import { axeFindings, settled, targetFaults, type Visit, visitGallery } from "./visit.ts";

const place = { kind: "clerk", counter: "窓口1", municipality: "千葉市" } as const;
const clerk = { account: "hanako", name: "千葉　花子" };
const open = { me: { screen: place, clerk, state: "open" } } as const;

let visit: Visit;
let page: Page;
beforeAll(async () => {
  visit = await visitGallery();
  visit.gallery.show({ ...open, clerk: exhibits.menu, paper: new TextEncoder().encode("%PDF-1.4\n") });
  page = await visit.open("/counter");
});
afterAll(() => visit?.end());

async function show(view: ClerkView): Promise<void> {
  visit.gallery.show({ clerk: exhibits.working });
  await settled(page);
  visit.gallery.show({ clerk: view });
  await settled(page);
}

describe("every screen of the clerk", () => {
  it.each(Object.entries(exhibits))(
    "%s has no finding of axe and no target that cannot be named, reached or hit",
    async (_name, view) => {
      await show(view);
      expect(await axeFindings(page)).toEqual([]);
      expect(await targetFaults(page, 24, 0)).toEqual([]);
    },
  );

  it.each(["notEnrolled", "signedOut", "mustChangePassword", "mustEnrolSecondFactor", "locked"] as const)(
    "so has the %s session",
    async (state) => {
      visit.gallery.show({ me: { screen: state === "notEnrolled" ? null : place, clerk, state } });
      const session = await visit.open("/counter");
      expect(await axeFindings(session)).toEqual([]);
      expect(await targetFaults(session, 24, 0)).toEqual([]);
      if (state === "signedOut") {
        await session.keyboard.press("Enter");
        expect(await session.getByText("職員IDを入力してください。").count()).toBe(1);
        expect(await axeFindings(session)).toEqual([]);
      }
      await session.close();
      visit.gallery.show(open);
    },
  );

  it.each(["signedOut", "locked"] as const)("so has the code after the password of the %s session", async (state) => {
    visit.gallery.show({ me: { screen: place, clerk, state }, login: { kind: "codeNeeded" } });
    const session = await visit.open("/counter");
    await session.waitForFunction(() => document.activeElement?.tagName === "INPUT");
    if (state === "signedOut") {
      await session.keyboard.type("hanako");
      await session.keyboard.press("Tab");
    }
    await session.keyboard.type("the clerk's password");
    await session.keyboard.press("Enter");
    await session.getByText("認証アプリに今出ている6けたの数字。").waitFor();
    await session.keyboard.press("Enter");
    expect(await session.getByText("6けたの数字を入力してください。").count()).toBe(1);
    expect(await axeFindings(session)).toEqual([]);
    expect(await targetFaults(session, 24, 0)).toEqual([]);
    const before = visit.gallery.requests.length;
    await session.keyboard.type("１２３ 456");
    await session.keyboard.press("Enter");
    await expect.poll(() => visit.gallery.requests.slice(before).join("\n")).toContain('"code":"123456"');
    await session.close();
    visit.gallery.show({ ...open, login: { kind: "open" } });
  });

  it("so has the key for the authenticator app, which is shown when it is asked for", async () => {
    visit.gallery.show({ me: { screen: place, clerk, state: "mustEnrolSecondFactor" } });
    const session = await visit.open("/counter");
    expect(await session.getByText("GEZD GNBV").count()).toBe(0);
    await session.keyboard.press("Tab");
    await session.keyboard.press("Enter");
    await session.getByText("GEZD GNBV GY3T QOJQ").waitFor();
    expect(await axeFindings(session)).toEqual([]);
    expect(await targetFaults(session, 24, 0)).toEqual([]);
    await session.keyboard.type("123456");
    await session.keyboard.press("Enter");
    await expect.poll(() => visit.gallery.requests).toContain('{"code":"123456"}');
    await session.close();
    visit.gallery.show(open);
  });

  it("is audited by a rule that finds what axe does not: a key made of a div", async () => {
    await show(exhibits.giveCard);
    await page.evaluate(() => {
      const key = document.createElement("div");
      key.style.cursor = "pointer";
      key.textContent = "A";
      document.querySelector("main")?.append(key);
    });
    expect(await axeFindings(page)).toEqual([]);
    expect(await targetFaults(page, 24, 0)).toEqual([expect.stringContaining("no control")]);
    await page.evaluate(() => document.querySelector("main > div:last-child")?.remove());
  });

  it("says who has the card and, while it is written, not to take it", async () => {
    await show(exhibits.withResident);
    expect(await page.locator("[aria-label=カードは今] [aria-current]").textContent()).toContain("住民");
    await show(exhibits.working);
    expect(await page.locator("[aria-label=カードは今]").textContent()).toContain("カードを取らないでください");
  });

  it("goes through the hits of the register by arrow keys", async () => {
    await show(exhibits.candidates);
    await page.locator("li button:focus").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => visit.gallery.acts.at(-1)).toEqual({ type: "chooseResident", ref: "b" });
  });

  it("says that the resident calls, until the clerk has answered", async () => {
    await show(exhibits.residentCalls);
    expect(await page.locator("main [role=alert]").textContent()).toContain("住民が「やめる」を押しました");
    await page.keyboard.press("F1");
    await expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe("answerCall");
  });

  it("tells a refusal in full: what happened, the clause, the next step", async () => {
    for (const view of [exhibits.unsuitableCard, exhibits.identityProblem, exhibits.refused, exhibits.doubleIssue]) {
      await show(view);
      const explanation = "unsuitable" in view ? view.unsuitable : "problem" in view ? view.problem : view.explanation;
      const text = await page.locator("main").textContent();
      expect(text).toContain(explanation.what.ja);
      expect(text).toContain(explanation.clause);
      for (const step of explanation.next) expect(text).toContain(step.ja);
    }
  });

  it("marks each differing character and says by word that it differs", async () => {
    await show(exhibits.compare);
    expect(await page.locator("mark").allTextContents()).toEqual([
      "［違う文字］邉",
      "［違う文字］辺",
      "［表記の違い］－",
      "［表記の違い］の",
    ]);
    expect(await page.getByRole("button", { name: "確認氏名" }).count()).toBe(0);
  });

  it("opens a paper for printing, and asks again when it could not be made", async () => {
    await show(exhibits.papers);
    const paper = page.waitForEvent("popup");
    await page.keyboard.press("1");
    await (await paper).close();
    visit.gallery.show({ paper: null });
    await page.keyboard.press("2");
    await page.getByText("書類を用意できませんでした").waitFor();
    visit.gallery.show({ paper: new TextEncoder().encode("%PDF-1.4\n") });
    visit.faults.splice(0, visit.faults.length, ...visit.faults.filter((fault) => !fault.includes("404")));
  });

  it("asks once more before a case is withdrawn or doubted", async () => {
    for (const [key, yes, type] of [
      ["F4", "Y", "withdraw"],
      ["F6", "F8", "doubt"],
    ] as const) {
      await show(exhibits.identity);
      const before = visit.gallery.acts.length;
      await page.keyboard.press(key);
      await settled(page);
      expect(await axeFindings(page)).toEqual([]);
      expect(visit.gallery.acts.length).toBe(before);
      await page.keyboard.press(yes);
      await expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe(type);
    }
  });

  it("takes nobody's data into the page itself: they come over the contract only", async () => {
    await show(exhibits.confirmIssuance);
    const markup = await (await fetch(`${visit.gallery.url}/counter`)).text();
    expect(markup).not.toContain(person.name);
    expect(markup).toContain("この画面には JavaScript が必要です");
  });

  it("keeps the content security policy and asks no other origin for anything", () => {
    expect(visit.faults).toEqual([]);
  });
});

describe("新規発行 by keyboard alone", () => {
  // What the register answers and the machines do, played: each act leads to the next view.
  const story: Partial<Record<string, ClerkView>> = {
    startNew: exhibits.search,
    searchRegister: exhibits.candidates,
    finishComparison: exhibits.identity,
    recordIdentity: exhibits.application,
    applicationReceived: exhibits.giveCard,
    giveCard: exhibits.receiveCard,
    cardReceived: exhibits.confirmIssuance,
    issue: exhibits.papers,
    feeReceived: exhibits.papersFeeReceived,
    copyGiven: exhibits.returnCard,
    cardReturned: exhibits.delivered,
    nextPerson: exhibits.menu,
  };
  const unconfirmed = exhibits.compareReady.items.map((item) => ({ ...item, confirmed: false }));

  it("takes at most 60 key presses from F2 to F12", async () => {
    let confirmed = 0;
    visit.gallery.acts.length = 0;
    visit.gallery.onAct((action) => {
      if (action.type === "chooseResident" || action.type === "confirmItem") {
        if (action.type === "confirmItem") confirmed += 1;
        const items = unconfirmed.map((item, index) => ({ ...item, confirmed: index < confirmed }));
        visit.gallery.show({ clerk: { ...exhibits.compareReady, items, ready: confirmed === items.length } });
      } else {
        const next = story[action.type];
        if (next !== undefined) visit.gallery.show({ clerk: next });
      }
    });
    await show(exhibits.menu);
    await page.evaluate(() => {
      document.documentElement.dataset.presses = "0";
      window.addEventListener(
        "keydown",
        () => {
          document.documentElement.dataset.presses = String(Number(document.documentElement.dataset.presses) + 1);
        },
        { capture: true },
      );
    });
    // The next press waits for what the clerk waits for: that the screen has moved on.
    const press = async (key: string, type: string, shown: string) => {
      await page.keyboard.press(key);
      await expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe(type);
      await page.locator(shown).waitFor();
    };
    // The paper opens in a window of its own; what its print dialogue asks is the browser's, not this screen's.
    const print = async (key: string) => {
      const opened = page.waitForEvent("popup");
      await page.keyboard.press(key);
      await (await opened).close();
      await page.bringToFront();
    };
    const headed = (heading: string) => `h1:text-is("${heading}")`;
    await press("F2", "startNew", headed("住民基本台帳の照会"));
    await page.keyboard.type("S640107");
    await page.keyboard.press("Enter");
    // The input method takes the Latin letters and one Enter; Playwright has none, so they are counted by hand.
    await page.keyboard.insertText("わたなべ");
    const typedInKana = "watanabe".length + 1;
    await press("Enter", "searchRegister", "li button:focus");
    await press("Enter", "chooseResident", headed("四情報の照合"));
    for (const key of [1, 2, 3, 4])
      await press(`${key}`, "confirmItem", `tbody tr:nth-child(${key}):has-text("確認済")`);
    await press("F8", "finishComparison", headed("本人確認書類"));
    await page.keyboard.press("1");
    await page.locator("input[type=text]:focus").waitFor();
    await page.keyboard.type("R100401");
    await page.keyboard.press("F2");
    await page.keyboard.press("F5");
    await press("F8", "recordIdentity", headed("発行申請書"));
    await print("1");
    await press("F8", "applicationReceived", headed("住民画面へ"));
    await press("F5", "giveCard", headed("カードを受け取る"));
    await press("F5", "cardReceived", headed("発行内容の最終確認"));
    await press("F8", "issue", headed("写しの交付と手数料"));
    await print("1");
    await press("F5", "feeReceived", "text=手数料 受領済");
    await print("2");
    await press("F8", "copyGiven", headed("カードを返す"));
    await press("F8", "cardReturned", headed("交付が終わりました"));
    await press("F12", "nextPerson", headed("受付"));
    const presses = Number(await page.evaluate(() => document.documentElement.dataset.presses)) + typedInKana;
    expect(presses).toBeGreaterThan(40);
    expect(presses).toBeLessThanOrEqual(60);
    expect(visit.gallery.acts).toContainEqual({
      type: "recordIdentity",
      document: "driversLicence",
      expiresOn: "R100401",
      photoMatches: true,
      copyTaken: true,
    });
    expect(visit.gallery.acts).toContainEqual({ type: "searchRegister", dateOfBirth: "S640107", kana: "わたなべ" });
  });

  it("does not pass a step because a key was held down on the one before", async () => {
    visit.gallery.onAct(() => undefined);
    await show(exhibits.giveCard);
    const before = visit.gallery.acts.length;
    await page.keyboard.down("F5");
    await page.keyboard.down("F5");
    await page.keyboard.down("F5");
    await page.keyboard.up("F5");
    await expect.poll(() => visit.gallery.acts.length).toBe(before + 1);
  });

  it("takes the key of the new step although the act before it is not answered yet", async () => {
    const { promise: answer, resolve } = Promise.withResolvers<{ readonly kind: "done" }>();
    visit.gallery.onAct((action) => {
      if (action.type === "cardReceived") visit.gallery.show({ clerk: exhibits.confirmIssuance });
    });
    await show(exhibits.receiveCard);
    visit.gallery.show({ answer });
    await page.keyboard.press("F5");
    await page.locator('h1:text-is("発行内容の最終確認")').waitFor();
    await page.keyboard.press("F8");
    await expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe("issue");
    resolve({ kind: "done" });
    visit.gallery.show({ answer: { kind: "done" } });
  });

  it("keeps the complaint of the newest act when an older one is answered late", async () => {
    const { promise: answer, resolve } = Promise.withResolvers<{ readonly kind: "done" }>();
    visit.gallery.onAct((action) => {
      if (action.type === "cardReceived") visit.gallery.show({ clerk: exhibits.confirmIssuance });
    });
    await show(exhibits.receiveCard);
    visit.gallery.show({ answer });
    await page.keyboard.press("F5");
    await page.locator('h1:text-is("発行内容の最終確認")').waitFor();
    visit.gallery.show({ answer: { kind: "notNow" } });
    await page.keyboard.press("F8");
    const complaint = page.locator("main").getByRole("alert");
    await complaint.waitFor();
    resolve({ kind: "done" });
    await settled(page);
    expect(await complaint.count()).toBe(1);
    visit.gallery.show({ answer: { kind: "done" } });
  });

  it("does not pass two steps by a double click", async () => {
    visit.gallery.onAct((action) => {
      if (action.type === "cardReceived") visit.gallery.show({ clerk: exhibits.confirmIssuance });
    });
    await show(exhibits.receiveCard);
    const box = await page.locator("footer button").first().boundingBox();
    if (box === null) throw new Error("no button");
    const [x, y] = [box.x + 20, box.y + box.height / 2] as const;
    await page.mouse.click(x, y);
    await page.locator('h1:text-is("発行内容の最終確認")').waitFor();
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await settled(page);
    expect(visit.gallery.acts.at(-1)?.type).toBe("cardReceived");
    await page.mouse.click(x, y);
    await expect.poll(() => visit.gallery.acts.at(-1)?.type).toBe("issue");
  });
});
