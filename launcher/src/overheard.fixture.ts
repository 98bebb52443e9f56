import type { Page, Response } from "playwright-core";

/** An answer that a browser got: a page, a payload of one, or an error. */
export interface HeardAnswer {
  readonly url: string;
  readonly status: number;
  readonly kind: "page" | "error";
  readonly body: Buffer;
}

/** Listens to what a browser is sent; answers of the contract that are no errors carry what the screen shows and are left out. */
export function overhear(pages: readonly Page[]): { heard(): Promise<readonly HeardAnswer[]> } {
  const answers: Promise<HeardAnswer | null>[] = [];
  for (const page of pages) page.on("response", (response) => answers.push(keep(response)));
  return { heard: async () => (await Promise.all(answers)).filter((answer) => answer !== null) };
}

async function keep(response: Response): Promise<HeardAnswer | null> {
  const status = response.status();
  const type = response.headers()["content-type"] ?? "";
  const isPage = /^text\/(html|x-component)/.test(type);
  if ((!isPage && status < 400) || (status >= 300 && status < 400)) return null;
  return { url: response.url(), status, kind: status < 400 ? "page" : "error", body: await response.body() };
}

/** Calls the counter's contract from within a page, with its cookies, as the page's own code does. */
export async function callFrom(
  page: Page,
  method: "GET" | "POST",
  procedure: string,
  input: unknown,
): Promise<{ readonly status: number; readonly body: string }> {
  return page.evaluate(
    async ([how, name, text]) => {
      const [url, request] =
        how === "GET"
          ? [`/api/trpc/${name}?input=${encodeURIComponent(text)}`, {}]
          : [`/api/trpc/${name}`, { method: how, headers: { "content-type": "application/json" }, body: text }];
      const response = await fetch(url, request);
      return { status: response.status, body: await response.text() };
    },
    [method, procedure, JSON.stringify(input)] as const,
  );
}
