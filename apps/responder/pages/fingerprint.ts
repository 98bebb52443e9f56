import { createHash } from "node:crypto";
import { type Html, html } from "@mitome/ui/pages";

/** The digests that people compare. */
export type FingerprintAlgorithm = "SHA-256" | "SHA-1";

/** The digest of a certificate's DER in lower-case hex. SHA-1 serves old programs that show nothing else. */
export function fingerprintOf(der: Uint8Array, algorithm: FingerprintAlgorithm): string {
  return createHash(algorithm === "SHA-256" ? "sha256" : "sha1")
    .update(der)
    .digest("hex");
}

/** A digest in hex for a page: groups of four, eight groups a line where there is room. */
export function groupedFingerprint(hex: string): Html {
  return html`<code class="grouped">${groupsOf(hex).join(" ")}</code>`;
}

/** Groups of four capital hex digits, as they stand on paper. */
export function groupsOf(hex: string): readonly string[] {
  return hex.toUpperCase().match(/.{1,4}/g) ?? [];
}

// No two of these can be taken for each other on the telephone; the letters are those of the radio alphabet.
const readings: Readonly<Record<string, string>> = {
  "0": "ゼロ",
  "1": "イチ",
  "2": "ニ",
  "3": "サン",
  "4": "ヨン",
  "5": "ゴ",
  "6": "ロク",
  "7": "ナナ",
  "8": "ハチ",
  "9": "キュウ",
  A: "アルファ",
  B: "ブラボー",
  C: "チャーリー",
  D: "デルタ",
  E: "エコー",
  F: "フォックス",
};

/** やさしい読み: how a group is read out, digit by digit. */
export function readingOf(group: string): readonly string[] {
  return Array.from(group, (digit) => readings[digit] ?? digit);
}
