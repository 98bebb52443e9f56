import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { CounterAccess } from "./counter-side.ts";
import { CannotGoOn } from "./say.ts";

/** The two screens of a counter in a real browser. */
export interface BrowserCounter {
  readonly clerk: Page;
  readonly resident: Page;
  close(): Promise<void>;
}

/** Whom the demonstration issues for. */
export interface Applicant {
  /** As the clerk types it, `S390107`. */
  readonly dateOfBirth: string;
  readonly kana: string;
  readonly password: string;
}

const STEP_WITHIN_MS = 30_000;
const CLERK_PASSWORD = "tsuyoi-himitsu-2026";

/** Opens both screens in headless Chromium and enrols each with its one-time code. */
export async function openCounter(url: string, access: CounterAccess): Promise<BrowserCounter> {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    // Chromium's own sandbox does not start for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  const clerk = await openScreen(browser, { width: 1280, height: 800 });
  const resident = await openScreen(browser, { width: 1080, height: 1920 });
  for (const [page, kind] of [
    [clerk, "clerk"],
    [resident, "resident"],
  ] as const) {
    const code = access.screens.find((screen) => screen.kind === kind)?.code ?? "";
    await page.goto(`${url}/enrol-screen#${code}`);
    await page.waitForURL(`${url}/${kind === "clerk" ? "counter" : "resident"}`);
  }
  return { clerk, resident, close: () => browser.close() };
}

async function openScreen(browser: Browser, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: "ja-JP", timezoneId: "Asia/Tokyo" });
  context.setDefaultTimeout(STEP_WITHIN_MS);
  return context.newPage();
}

/** The clerk logs in with the password that was handed out and chooses another, by keyboard (5-1-2-2). */
export async function logIn({ clerk }: BrowserCounter, access: CounterAccess): Promise<void> {
  const [account] = access.clerks;
  if (account === undefined) throw new CannotGoOn("The demonstration has no clerk.");
  const first = account.firstPassword ?? CLERK_PASSWORD;
  await at(clerk, "受付窓口端末 ログイン");
  await type(clerk, account.account, "Tab", first, "Enter");
  if (account.firstPassword !== null) {
    await at(clerk, "新しいパスワードを決める");
    await type(clerk, first, "Tab", CLERK_PASSWORD, "Tab", CLERK_PASSWORD, "Enter");
  }
  await at(clerk, "受付");
}

/** Register search, comparison of the four items and identity documents, by keyboard (3-1-9). */
export async function proveIdentity({ clerk }: BrowserCounter, applicant: Applicant): Promise<void> {
  await press(clerk, "F2");
  await at(clerk, "住民基本台帳の照会");
  await type(clerk, applicant.dateOfBirth, "Enter");
  // Kana come from an input method, as text.
  await clerk.keyboard.insertText(applicant.kana);
  await press(clerk, "Enter");
  await clerk.locator("li button:focus").waitFor();
  await press(clerk, "Enter");
  await at(clerk, "四情報の照合");
  // The last row is the reading of the name, which is not compared.
  const items = (await clerk.locator("tbody tr").count()) - 1;
  for (let item = 1; item <= items; item++) {
    await press(clerk, String(item));
    await clerk.locator(`tbody tr:nth-child(${item}):has-text("確認済")`).waitFor();
  }
  await press(clerk, "F8");
  await at(clerk, "本人確認書類");
  await press(clerk, "1");
  await clerk.locator("input[type=text]:focus").waitFor();
  await type(clerk, "R170401", "F2", "F5", "F8");
  await at(clerk, "発行申請書");
  await press(clerk, "F8");
}

/** The resident confirms the data, accepts the terms, sets the password and has the key made, by touch (6-1-2, 6-4-2). */
export async function makeKey({ clerk, resident }: BrowserCounter, applicant: Applicant): Promise<void> {
  await at(clerk, "住民画面へ");
  await press(clerk, "F5");
  await tap(resident, "合っています");
  await tap(resident, "約束します");
  await tap(resident, "パスワードを入れる");
  for (const finish of ["次へ", "このパスワードに決める"]) {
    for (const character of applicant.password) await tap(resident, character);
    await tap(resident, finish);
  }
  await tap(resident, "渡しました");
  await at(clerk, "カードを受け取る");
  await press(clerk, "F5");
}

/** The clerk issues (4-2-1); the certificate is written to the card and read back (4-3-1). */
export async function issue({ clerk, resident }: BrowserCounter): Promise<void> {
  await at(clerk, "発行内容の最終確認");
  await press(clerk, "F8");
  await at(resident, "大切なお知らせ");
}

/** Notices (4-3-2), fee, printed copy (4-3-1), and the card goes back. */
export async function handOver({ clerk, resident }: BrowserCounter): Promise<void> {
  const acknowledge = resident.getByRole("button", { name: "読みました", exact: true });
  const papers = clerk.getByRole("heading", { level: 1, name: "写しの交付と手数料" });
  while (!(await papers.isVisible())) {
    await Promise.race([acknowledge.click().catch(() => undefined), papers.waitFor()]);
  }
  await press(clerk, "F5");
  await clerk.getByText("手数料 受領済").waitFor();
  await press(clerk, "F8");
  await at(clerk, "カードを返す");
  await press(clerk, "F8");
  await at(clerk, "交付が終わりました");
}

/** The next person: both screens are cleared. */
export async function nextPerson({ clerk, resident }: BrowserCounter): Promise<void> {
  await press(clerk, "F12");
  await at(clerk, "受付");
  await at(resident, "いらっしゃいませ");
}

/** Pictures of both screens as they are now, for the person who has to find out why a run stopped. */
export async function photograph({ clerk, resident }: BrowserCounter, directory: string): Promise<void> {
  await clerk.screenshot({ path: join(directory, "clerk.png") });
  await resident.screenshot({ path: join(directory, "resident.png") });
}

/** Waits until the page's first heading says this. */
async function at(page: Page, heading: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
}

async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
}

/** Types words and presses named keys (those of more than one letter that a keyboard has). */
async function type(page: Page, ...words: readonly string[]): Promise<void> {
  for (const word of words) {
    if (/^(Tab|Enter|F\d+)$/.test(word)) await page.keyboard.press(word);
    else await page.keyboard.type(word);
  }
}

async function tap(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}
