import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PublicationRefused, parsePublication } from "./publication.ts";
import { chibaTextFiles } from "./texts.ts";

const shipped: Record<string, unknown> = JSON.parse(readFileSync(chibaTextFiles.publication, "utf8"));
const period = { from: "2026-11-22T10:00:00Z", until: "2026-11-22T08:00:00Z", services: ["ldap"], reason: "更新" };

describe("what an authority publishes in words", () => {
  it.each<[string, Record<string, unknown>]>([
    ["a field nobody knows", { extra: 1 }],
    ["no contact", { contact: undefined }],
    [
      "no governing law",
      { laws: { list: [{ name: "法", number: "1号", role: "related", inForceSince: "2013-07-08" }] } },
    ],
    [
      "a law's address that is not https",
      {
        laws: {
          list: [
            {
              name: "法",
              number: "1号",
              role: "governing",
              inForceSince: "2013-07-08",
              address: "javascript:alert(1)",
            },
          ],
        },
      },
    ],
    ["a day that does not exist", { crossCertified: [{ name: "局", since: "2026-02-30" }] }],
    ["maintenance that ends before it begins", { maintenance: [period] }],
    ["an instant without offset", { compromise: { since: "2026-11-22T10:00:00", title: "危殆化", text: ["本文"] } }],
  ])("is refused with %s", (_case, change) => {
    expect(() => parsePublication({ ...shipped, ...change })).toThrow(PublicationRefused);
  });

  it("has its instants as instants, whatever their offset", () => {
    const compromise = { since: "2026-11-22T17:40:00+09:00", title: "危殆化", text: ["本文"] };
    expect(parsePublication({ ...shipped, compromise }).compromise?.since).toEqual(new Date("2026-11-22T08:40:00Z"));
  });
});
