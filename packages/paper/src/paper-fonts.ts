import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the pages of papers pretend to be; nothing there is ever asked over a network. */
export const paperOrigin = "https://paper.invalid";

const require = createRequire(import.meta.url);
const fontDirectory = dirname(require.resolve("@fontsource/noto-sans-jp/package.json"));

/** A font file of the paper by its path under {@link paperOrigin}, or null when it is none of ours. */
export function fontFile(path: string): Uint8Array | null {
  const name = /^\/files\/(noto-sans-jp-[a-z0-9-]+\.woff2?)$/.exec(path)?.[1];
  return name === undefined ? null : readFileSync(join(fontDirectory, "files", name));
}

/**
 * The style sheet that names the font's files. The static faces: from a variable font Chromium makes Type 3 fonts, which
 * print badly and cannot be checked.
 */
export const fontFaces = ["400.css", "700.css"]
  .map((name) => readFileSync(join(fontDirectory, name), "utf8"))
  .join("\n");
