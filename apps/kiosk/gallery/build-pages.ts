/**
 * `node gallery/build-pages.ts`: builds the pages unless what is built is newer than every source it is made of, copies
 * them to a directory of their own, so that a later build does not pull them from under who looks at them, and prints it.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const kiosk = new URL("..", import.meta.url).pathname;
const sources = [
  ...["app", "screens", "messages", "next.config.ts", "package.json"].map((name) => join(kiosk, name)),
  ...["ui", "ra", "card"].map((name) => join(kiosk, "../../packages", name, "src")),
];

function newest(path: string): number {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const built = join(kiosk, ".next/BUILD_ID");
if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources.map(newest))) {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  execFileSync(process.execPath, [next, "build"], { cwd: kiosk, stdio: ["ignore", 2, 2] });
}

const copy = mkdtempSync(join(tmpdir(), "kiosk-pages-"));
for (const name of ["node_modules", "package.json", "next.config.ts"]) symlinkSync(join(kiosk, name), join(copy, name));
for (const name of readdirSync(join(kiosk, ".next"))) {
  if (name !== "cache") cpSync(join(kiosk, ".next", name), join(copy, ".next", name), { recursive: true });
}
console.log(copy);
