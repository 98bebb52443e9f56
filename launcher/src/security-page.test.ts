import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./places.ts";

/** Every test that docs/security.md names: file, and part of a title. */
function namedTests(): readonly (readonly [file: string, title: string])[] {
  const page = readFileSync(join(root, "docs/security.md"), "utf8");
  return [...page.matchAll(/`([\w./-]+\.ts)`: ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(([, file = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => [file, title] as const),
  );
}

describe("docs/security.md", () => {
  it("names tests that are there", () => {
    const isThere = (file: string, title: string): boolean =>
      existsSync(join(root, file)) && readFileSync(join(root, file), "utf8").includes(title);
    expect(namedTests().filter(([file, title]) => !isThere(file, title))).toEqual([]);
  });

  it("names some for nearly every line", () => {
    expect(namedTests().length).toBeGreaterThan(80);
  });
});
