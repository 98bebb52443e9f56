import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { act, type Counter, clerkSees, firstPassword, openCounter, password } from "./counter.fixture.ts";
import type { LoginAnswer, Me, SecondFactorAnswer, SecondFactorOffer } from "./session-answers.ts";
import { lockOut } from "./sessions.ts";
import { stepAt, totpCode } from "./totp.ts";

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter({ secondFactor: "totp" });
});
afterAll(() => counter?.stop());

type Screen = Awaited<ReturnType<Counter["screen"]>>;
const later = (seconds: number): void => {
  counter.clock.now = new Date(counter.clock.now.getTime() + seconds * 1_000);
};
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** What an authenticator app makes of the secret that was typed into it. */
function app(secret: string): () => string {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const octets = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  return () => totpCode(octets, stepAt(counter.clock.now));
}
const login = (browser: Screen, account: string, code?: string) =>
  browser.call<LoginAnswer>("session.login", { account, password, ...(code === undefined ? {} : { code }) });
const stateOf = async (browser: Screen) => (await browser.call<Me>("session.me")).state;
const wrongCode = { kind: "refused", explanation: { reason: "secondFactorWrong" } };

async function firstLogin(account: string, at: string): Promise<Screen> {
  await counter.clerk(account);
  const browser = await counter.screen("clerk", at);
  await browser.call("session.login", { account, password: firstPassword });
  await browser.call("session.changePassword", { current: firstPassword, next: password });
  return browser;
}

async function enrol(browser: Screen): Promise<() => string> {
  const offer = await browser.call<SecondFactorOffer>("session.offerSecondFactor");
  if (offer.kind === "refused") throw new Error("refused");
  const code = app(offer.secret);
  expect(await browser.call<SecondFactorAnswer>("session.confirmSecondFactor", { code: code() })).toEqual({
    kind: "open",
  });
  return code;
}

async function enrolled(account: string, at: string) {
  const browser = await firstLogin(account, at);
  const code = await enrol(browser);
  later(30);
  return { browser, code };
}

/** A code that is not the one of now, nor of the step before or after. */
const notTheCode = (code: string) => String((Number(code) + 500_000) % 1_000_000).padStart(6, "0");

describe("[security 4] where the municipality asks clerks for a second factor", () => {
  it("the first log-in enrols one before anything else, and shows the secret until it is confirmed and never after", async () => {
    const browser = await firstLogin("abe", "counter-1");
    expect(await stateOf(browser)).toBe("mustEnrolSecondFactor");
    expect(await browser.view("clerk.view")).toEqual({ screen: "signedOut" });
    await expect(act(browser, { type: "startNew" })).rejects.toThrow("UNAUTHORIZED");
    const first = await browser.call<SecondFactorOffer>("session.offerSecondFactor");
    const second = await browser.call<SecondFactorOffer>("session.offerSecondFactor");
    if (first.kind === "refused" || second.kind === "refused") throw new Error("refused");
    expect(second.uri).toContain(`secret=${second.secret}&`);
    // Of two secrets the newer one counts.
    expect(await browser.call("session.confirmSecondFactor", { code: app(first.secret)() })).toMatchObject(wrongCode);
    await browser.call("session.confirmSecondFactor", { code: app(second.secret)() });
    expect(await stateOf(browser)).toBe("open");
    await clerkSees(browser, "menu");
    expect(await browser.call("session.offerSecondFactor")).toMatchObject({ kind: "refused" });
  });

  it("a log-in asks for the code after the right password, and for nothing more after a wrong one", async () => {
    const { browser, code } = await enrolled("baba", "counter-2");
    await browser.call("session.logout");
    const wrong = { account: "baba", password: "not the password at all" };
    expect(await browser.call("session.login", wrong)).toMatchObject({
      explanation: { reason: "wrongAccountOrPassword" },
    });
    expect(await browser.call("session.login", { ...wrong, code: code() })).toMatchObject({
      explanation: { reason: "wrongAccountOrPassword" },
    });
    expect(await login(browser, "baba")).toEqual({ kind: "codeNeeded" });
    expect(await stateOf(browser)).toBe("signedOut");
    expect(await login(browser, "baba", notTheCode(code()))).toMatchObject(wrongCode);
    expect(await login(browser, "baba", code())).toEqual({ kind: "open" });
    expect(await stateOf(browser)).toBe("open");
  });

  it("a code is good once, even sent twice at the same time", async () => {
    const { code } = await enrolled("chiba", "counter-3");
    const screens = await Promise.all(["counter-4", "counter-5"].map((at) => counter.screen("clerk", at)));
    const answers = await Promise.all(screens.map((screen) => login(screen, "chiba", code())));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(["open", "refused"]);
    expect(answers.find(({ kind }) => kind === "refused")).toMatchObject(wrongCode);
  });

  it("unlocking asks for a code too", async () => {
    const { browser, code } = await enrolled("doi", "counter-6");
    await browser.call("session.lock");
    expect(await browser.call("session.unlock", { password })).toEqual({ kind: "codeNeeded" });
    expect(await browser.call("session.unlock", { password, code: notTheCode(code()) })).toMatchObject(wrongCode);
    expect(await stateOf(browser)).toBe("locked");
    expect(await browser.call("session.unlock", { password, code: code() })).toEqual({ kind: "open" });
    expect(await stateOf(browser)).toBe("open");
  });

  it("wrong codes lock the account as wrong passwords do, and the right password between them wipes none off", async () => {
    const { browser, code } = await enrolled("endo", "counter-7");
    await browser.call("session.logout");
    for (let tries = 1; tries < lockOut.failures; tries += 1) {
      expect(await login(browser, "endo", notTheCode(code()))).toMatchObject(wrongCode);
      expect(await login(browser, "endo")).toEqual({ kind: "codeNeeded" });
    }
    const locked = { kind: "refused", explanation: { reason: "accountLocked" } };
    expect(await login(browser, "endo", notTheCode(code()))).toMatchObject(locked);
    expect(await login(browser, "endo", code())).toMatchObject(locked);
    later(lockOut.minutes * 60 + 1);
    expect(await login(browser, "endo", code())).toEqual({ kind: "open" });
  });

  it("sessions that were opened without a code end when their clerk has one", async () => {
    const here = await firstLogin("fujii", "counter-8");
    const elsewhere = await counter.screen("clerk", "counter-9");
    expect(await login(elsewhere, "fujii")).toEqual({ kind: "mustEnrolSecondFactor" });
    await enrol(here);
    expect(await stateOf(elsewhere)).toBe("signedOut");
    expect(await stateOf(here)).toBe("open");
  });

  it("a session from before the municipality asked is none any more", async () => {
    const { browser, code } = await enrolled("goto", "counter-10");
    await counter.owner`update ra.clerk_session set with_code = false
      where clerk = (select id from ra.clerk where account = 'goto')`;
    expect(await stateOf(browser)).toBe("signedOut");
    await expect(act(browser, { type: "startNew" })).rejects.toThrow("UNAUTHORIZED");
    expect(await login(browser, "goto", code())).toEqual({ kind: "open" });
  });

  it("the secret is read by the counter's role alone", async () => {
    const grants = await counter.owner`select grantee, privilege_type as privilege
      from information_schema.role_table_grants where table_name = 'second_factor' and grantee <> 'ra_owner'`;
    expect(grants.map(({ grantee, privilege }) => `${grantee} ${privilege}`).sort()).toEqual([
      "ra_app INSERT",
      "ra_app SELECT",
      "ra_app UPDATE",
    ]);
  });
});
