import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { act, type Counter, clerkSees, firstPassword, openCounter, password } from "./counter.fixture.ts";
import type { LoginAnswer, Me, PasswordAnswer, ScreenAnswer } from "./session-answers.ts";
import { idleMinutes, lockOut } from "./sessions.ts";

let counter: Counter;
const wrong = "not the password at all";

beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter?.stop());

const later = (minutes: number): void => {
  counter.clock.now = new Date(counter.clock.now.getTime() + minutes * 60_000);
};

describe("千葉県運用規程 5-1-2-2: the counter terminal is worked by a clerk authenticated by ID and password", () => {
  it("[C-5-1-2-2.2] shows and does nothing before log-in, and everything after", async () => {
    await counter.clerk("suzuki");
    const browser = await counter.screen("clerk", "counter-1");
    expect(await browser.view("clerk.view")).toEqual({ screen: "signedOut" });
    await expect(act(browser, { type: "startNew" })).rejects.toThrow("UNAUTHORIZED");
    await browser.call("session.login", { account: "suzuki", password: firstPassword });
    await browser.call("session.changePassword", { current: firstPassword, next: password });
    expect((await clerkSees(browser, "menu")).clerkName).toBe("千葉　職員");
  });

  it("[C-5-1-2-2.2] refuses a wrong password and an unknown account with the same words", async () => {
    await counter.clerk("sato");
    const browser = await counter.screen("clerk", "counter-2");
    const first = await browser.call<LoginAnswer>("session.login", { account: "sato", password: wrong });
    const second = await browser.call<LoginAnswer>("session.login", { account: "nobody", password: wrong });
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      kind: "refused",
      explanation: { reason: "wrongAccountOrPassword", clause: "千葉県運用規程 5-1-2-2" },
    });
  });

  it("locks an account after five wrong passwords in a row, even sent at once, and opens it again after a quarter of an hour", async () => {
    await counter.clerk("tanaka");
    const browser = await counter.screen("clerk", "counter-3");
    const guesses = Array.from({ length: lockOut.failures }, () =>
      browser.call("session.login", { account: "tanaka", password: wrong }),
    );
    await Promise.all(guesses);
    const right = { account: "tanaka", password: firstPassword };
    expect(await browser.call("session.login", right)).toMatchObject({ explanation: { reason: "accountLocked" } });
    later(lockOut.minutes + 1);
    expect(await browser.call("session.login", right)).toEqual({ kind: "mustChangePassword" });
  });

  it("lets a clerk do nothing until the first password is changed", async () => {
    await counter.clerk("kato");
    const browser = await counter.screen("clerk", "counter-4");
    expect(await browser.call("session.login", { account: "kato", password: firstPassword })).toEqual({
      kind: "mustChangePassword",
    });
    await expect(act(browser, { type: "startNew" })).rejects.toThrow("UNAUTHORIZED");
    expect(await browser.view("clerk.view")).toEqual({ screen: "signedOut" });
    for (const [next, reason] of [
      ["short", "passwordTooShort"],
      [firstPassword, "passwordIsOld"],
      ["my name is Kato now", "passwordHoldsAccount"],
    ]) {
      const answer = await browser.call<PasswordAnswer>("session.changePassword", { current: firstPassword, next });
      expect(answer).toMatchObject({ kind: "refused", explanation: { reason } });
    }
    expect(await browser.call("session.changePassword", { current: firstPassword, next: password })).toEqual({
      kind: "changed",
    });
    expect(await act(browser, { type: "startNew" })).toEqual({ kind: "done" });
  });

  it("locks an idle session, takes the personal data off the screen, and opens with the password alone", async () => {
    const browser = await counter.clerkAtWork("counter-5");
    await act(browser, { type: "startNew" });
    await clerkSees(browser, "placeCard");
    later(idleMinutes);
    const view = await clerkSees(browser, "locked");
    expect(Object.keys(view)).toEqual(["screen", "clerkName"]);
    await expect(act(browser, { type: "withdraw" })).rejects.toThrow("UNAUTHORIZED");
    expect(await browser.call("session.unlock", { password: wrong })).toMatchObject({ kind: "refused" });
    expect(await browser.call("session.unlock", { password })).toEqual({ kind: "open" });
    await clerkSees(browser, "placeCard");
  });

  it("stays open while the clerk works", async () => {
    const browser = await counter.clerkAtWork("counter-6");
    for (let minute = 0; minute < 2 * idleMinutes; minute += 4) {
      later(4);
      await browser.call("session.touch");
    }
    expect((await browser.call<Me>("session.me")).state).toBe("open");
  });

  it("ends a session twelve hours after log-in, however busy", async () => {
    const browser = await counter.clerkAtWork("counter-7");
    for (let minutes = 0; minutes <= 12 * 60; minutes += 4) {
      later(4);
      if ((await browser.call<Me>("session.me")).state === "open") await browser.call("session.touch");
    }
    expect((await browser.call<Me>("session.me")).state).toBe("signedOut");
  });
});

describe("a session", () => {
  it("is not one that was planted before log-in (fixation)", async () => {
    await counter.clerk("mori");
    const browser = await counter.screen("clerk", "counter-8");
    browser.cookies.set("mitome-clerk", "planted");
    await browser.call("session.login", { account: "mori", password: firstPassword });
    const token = browser.cookies.get("mitome-clerk");
    expect(token).not.toBe("planted");
    await browser.call("session.login", { account: "mori", password: firstPassword });
    expect(browser.cookies.get("mitome-clerk")).not.toBe(token);
    browser.cookies.set("mitome-clerk", token ?? "");
    expect((await browser.call<Me>("session.me")).state).toBe("signedOut");
  });

  it("is worth nothing on another screen, nor without the screen's own cookie", async () => {
    const browser = await counter.clerkAtWork("counter-9");
    const token = browser.cookies.get("mitome-clerk") ?? "";
    const other = await counter.screen("clerk", "counter-10");
    other.cookies.set("mitome-clerk", token);
    expect((await other.call<Me>("session.me")).state).toBe("signedOut");
    const bare = counter.browser();
    bare.cookies.set("mitome-clerk", token);
    expect((await bare.call<Me>("session.me")).state).toBe("notEnrolled");
    const resident = await counter.screen("resident", "counter-9");
    resident.cookies.set("mitome-clerk", token);
    await expect(act(resident, { type: "startNew" })).rejects.toThrow("UNAUTHORIZED");
  });

  it("ends at log-out, for the token too", async () => {
    const browser = await counter.clerkAtWork("counter-11");
    const token = browser.cookies.get("mitome-clerk") ?? "";
    await browser.call("session.logout");
    expect(browser.cookies.has("mitome-clerk")).toBe(false);
    browser.cookies.set("mitome-clerk", token);
    expect((await browser.call<Me>("session.me")).state).toBe("signedOut");
  });

  it("keeps no token, code or password in the database", async () => {
    const code = await counter.screenCode("clerk", "counter-12");
    const browser = await counter.clerkAtWork("counter-12");
    const secrets = [...browser.cookies.values(), code, password, firstPassword];
    const rows = await counter.owner`select to_jsonb(c)::text as text from ra.clerk c
      union all select to_jsonb(s)::text from ra.clerk_session s union all select to_jsonb(s)::text from ra.screen s
      union all select to_jsonb(s)::text from ra.screen_code s`;
    const text = rows.map((row) => String(row.text)).join("\n");
    expect(rows.length).toBeGreaterThan(10);
    for (const secret of secrets) expect(text.includes(secret)).toBe(false);
    expect(text).toContain("$argon2id$");
  });
});

describe("a screen", () => {
  it("is enrolled by a code once, within its hour", async () => {
    const code = await counter.screenCode("resident", "counter-20");
    const browser = counter.browser();
    expect(await browser.call<ScreenAnswer>("session.enrolScreen", { code })).toEqual({
      kind: "enrolled",
      screen: "resident",
    });
    expect(await counter.browser().call<ScreenAnswer>("session.enrolScreen", { code })).toMatchObject({
      kind: "refused",
      explanation: { reason: "codeNotGood" },
    });
    const old = await counter.screenCode("resident", "counter-20");
    later(61);
    expect(await counter.browser().call<ScreenAnswer>("session.enrolScreen", { code: old })).toMatchObject({
      kind: "refused",
    });
  });

  it("sets HttpOnly, SameSite=Strict cookies", async () => {
    const code = await counter.screenCode("clerk", "counter-21");
    const response = await counter.browser().post("session.enrolScreen", { code });
    const [line] = response.headers.getSetCookie();
    expect(line).toMatch(/^mitome-screen=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  });

  it("of a resident sees and does nothing of a clerk's, and the other way round", async () => {
    const resident = await counter.screen("resident", "counter-22");
    expect(await resident.view("clerk.view")).toMatchObject({ message: "UNAUTHORIZED" });
    await expect(resident.call("clerk.act", { type: "startNew" })).rejects.toThrow("UNAUTHORIZED");
    await expect(resident.call("session.login", { account: "sato", password: firstPassword })).rejects.toThrow(
      "UNAUTHORIZED",
    );
    const clerk = await counter.clerkAtWork("counter-22");
    await expect(clerk.call("resident.act", { type: "confirmData" })).rejects.toThrow("UNAUTHORIZED");
  });
});
