import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./places.ts";
import { runQuietly } from "./run-command.ts";

const importing = (imported: string): string => `import { x } from "${imported}";\nexport const y = x;\n`;

const WRONG_ARROWS = [
  ["packages/ra/src/a.ts", importing("@mitome/ca"), "never ca"],
  ["packages/x509/src/a.ts", importing("@mitome/characters"), "imports nothing of ours"],
  ["packages/db/src/a.ts", importing("@mitome/hsm"), "never another adapter"],
  ["packages/directory/src/a.ts", importing("@mitome/db"), "never another adapter"],
  ["packages/db/src/b.ts", importing("@mitome/directory"), "never another adapter"],
  ["apps/kiosk/server/b.ts", importing("@mitome/directory"), "different legal bodies"],
  ["packages/paper/src/a.ts", importing("@mitome/ca"), "a paper brings the domain"],
  ["packages/ca/src/a.ts", importing("@mitome/paper"), "imports base packages only"],
  ["packages/ui/src/a.tsx", importing("@mitome/ra"), "a screen brings the domain"],
  ["apps/ca/src/a.ts", importing("@mitome/hsm"), "Only apps/signer reaches PKCS#11"],
  ["apps/ca/src/b.ts", importing("pkcs11js"), "Only apps/signer reaches PKCS#11"],
  ["apps/ca/src/c.ts", importing("@mitome/kiosk"), "Apps never import each other"],
  ["apps/admin/src/a.ts", importing("@mitome/db"), "asks apps/ca through"],
  ["apps/admin/src/b.ts", importing("@mitome/hsm/signer-client"), "asks apps/ca through"],
  ["apps/kiosk/server/a.ts", importing("@mitome/ca"), "different legal bodies"],
  ["kiosk-firmware/src/a.ts", importing("@mitome/db"), "nothing of cases, ledgers"],
  ["apps/signer/src/a.ts", importing("@mitome/testkit"), "testkit is for tests"],
] as const;

const IMPURE = [
  ["the clock", "export const now = Date.now();"],
  ["the clock as a date", "export const now = new Date();"],
  ["chance", "export const chance = Math.random();"],
  ["randomness", 'import { randomBytes } from "node:crypto";\nexport const r = randomBytes;'],
  ["a private key's signature", 'import { sign } from "node:crypto";\nexport const s = sign;'],
  ["files", 'import { readFile } from "node:fs/promises";\nexport const f = readFile;'],
  ["the environment", "export const e = process.env;"],
  ["the network", 'export const f = fetch("https://example.org");'],
] as const;
const PURE = ["x509", "characters", "audit", "card", "ca", "ra"];
const impureProbe = (name: string, index: number): string => `packages/${name}/src/impure-${index}.ts`;

let messages: ReadonlyMap<string, string>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mitome-arrows-"));
  await cp(join(root, "biome.json"), join(folder, "biome.json"));
  await cp(join(root, "launcher/arrows"), join(folder, "launcher/arrows"), { recursive: true });
  const probes = new Map<string, string>(WRONG_ARROWS.map(([path, source]) => [path, source]));
  for (const name of PURE)
    for (const [index, [, source]] of IMPURE.entries()) probes.set(impureProbe(name, index), source);
  for (const [path, source] of probes) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), source);
  }
  const biome = join(root, "node_modules/.bin/biome");
  const { output } = await runQuietly(biome, ["lint", "--vcs-enabled=false", "--max-diagnostics=none", folder], {
    cwd: folder,
  });
  messages = messagesByFile(output);
});

afterAll(() => rm(folder, { recursive: true }));

/** Splits the linter's report for people at the file names that head its paragraphs. */
function messagesByFile(report: string): Map<string, string> {
  const byFile = new Map<string, string>();
  for (const paragraph of report.split(/^(?=\S+\.tsx?:\d+:\d+ )/m)) {
    const file = paragraph.split(":", 1)[0] ?? "";
    byFile.set(file, (byFile.get(file) ?? "") + paragraph);
  }
  return byFile;
}

describe("imports go down, never sideways", () => {
  it.each(WRONG_ARROWS)("refuses %s with a sentence", (path, _source, sentence) => {
    expect(messages.get(path)).toContain(sentence);
  });
});

describe("pure packages have no clock, chance, files, network or environment", () => {
  it.each(IMPURE.map(([what], index) => [what, index] as const))("refuses %s with a sentence", (_what, index) => {
    for (const name of PURE) expect(messages.get(impureProbe(name, index)), name).toContain("This package is pure");
  });
});
