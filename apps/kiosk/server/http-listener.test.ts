import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type Counter, openCounter } from "./counter.fixture.ts";

let counter: Counter;
let clerk: Browser;

beforeAll(async () => {
  counter = await openCounter();
  clerk = await counter.clerkAtWork("counter-1");
});
afterAll(() => counter?.stop());

const cases = async () => (await counter.owner`select count(*)::int as n from ra.counter_case`)[0]?.n;

/** A request as it is, with headers that `fetch` would not send. */
function raw(headers: Record<string, string>, method = "GET", path = "/"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(path, counter.settings.publicUrl), { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describe("a request forged by another site", () => {
  it.each([
    ["another origin", { origin: "http://evil.example" }],
    ["no origin that we can see", { origin: "null" }],
    ["another site, by the browser's word", { "sec-fetch-site": "cross-site" }],
    ["a form's content type", { "content-type": "text/plain" }],
    ["a form's content type", { "content-type": "application/x-www-form-urlencoded" }],
  ])("is refused: %s", async (_, headers) => {
    const response = await clerk.post("clerk.act", { type: "startNew" }, headers);
    expect(response.status).toBe(403);
    expect(await response.text()).toBe("");
    expect(await cases()).toBe(0);
  });

  it("is refused under another host name (DNS rebinding)", async () => {
    expect(await raw({ host: "evil.example" })).toBe(403);
    expect(await raw({ host: "evil.example", cookie: clerk.cookie }, "GET", "/api/trpc/session.me")).toBe(403);
  });

  it("cannot act by GET", async () => {
    const input = encodeURIComponent(JSON.stringify({ type: "startNew" }));
    expect(await raw({ cookie: clerk.cookie }, "GET", `/api/trpc/clerk.act?input=${input}`)).toBe(405);
    expect(await cases()).toBe(0);
  });
});

describe("a malformed request", () => {
  it.each([
    ["an unknown action", { type: "issueEverything" }],
    ["an unknown field", { type: "startNew", municipality: "122041" }],
    ["a field that is too long", { type: "enterItem", item: "name", text: "名".repeat(201) }],
    ["deep nesting", JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`)],
  ])("is refused: %s", async (_, input) => {
    const response = await clerk.post("clerk.act", input);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).not.toContain("名名");
  });

  it("is refused when it is too large", async () => {
    const response = await clerk.post("clerk.act", { type: "enterItem", item: "name", text: "x".repeat(20_000) });
    expect(response.status).toBe(413);
  });

  it("is refused in a batch", async () => {
    const response = await clerk.post("session.me,session.me?batch=1", {});
    expect(response.ok).toBe(false);
  });

  it("gets no stack, path or cause", async () => {
    const response = await clerk.post("no.such.procedure", {});
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      error: { code: -32004, message: "NOT_FOUND", data: { code: "NOT_FOUND", httpStatus: 404 } },
    });
  });
});

describe("an answer", () => {
  it("is kept by nobody and framed by nobody", async () => {
    const { headers } = await clerk.post("session.me");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});
