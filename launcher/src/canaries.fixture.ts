import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A word that may stand in few places; what it is, for the sentence that says where it was found. */
export interface Canary {
  readonly what: string;
  readonly word: string;
  /** Short words of hexadecimal digits would be found by chance in hexadecimal. */
  readonly inHex?: boolean;
}

interface Spelling {
  readonly canary: Canary;
  readonly how: string;
  readonly bytes: Buffer;
}

// Shorter ones stand in a hundred megabytes by chance.
const SURE_LENGTH = 6;

/** Every way in which a program may have written one of the words: as text, escaped, and encoded inside other text. */
export function spell(canaries: readonly Canary[]): readonly Spelling[] {
  return canaries.flatMap((canary) => {
    const { word } = canary;
    const utf8 = Buffer.from(word, "utf8");
    const utf16 = Buffer.from(word, "utf16le");
    const jsonEscaped = Array.from(word, (character) =>
      character < "\u0080" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    const text: readonly (readonly [how: string, text: string])[] = [
      ["percent-encoding", encodeURIComponent(word)],
      ["percent-encoding in small letters", encodeURIComponent(word).toLowerCase()],
      ["JSON escapes", jsonEscaped.join("")],
      ...insideBase64(utf8).map((part) => ["base64", part] as const),
      ...insideBase64(utf16).map((part) => ["base64 of UTF-16", part] as const),
      ...(canary.inHex === false ? [] : [["hexadecimal", utf8.toString("hex")] as const]),
    ];
    const all = new Map<string, Spelling>();
    const add = (how: string, bytes: Buffer) => {
      if (bytes.length >= SURE_LENGTH) all.set(bytes.toString("latin1"), { canary, how, bytes });
    };
    for (const [how, written] of text) add(how, Buffer.from(written, "utf8"));
    add("UTF-16", utf16);
    add("UTF-8", utf8);
    return [...all.values()];
  });
}

/** The same for octets: as they are, in hexadecimal and in base64. */
export function spellOctets(what: string, octets: Uint8Array): readonly Spelling[] {
  const bytes = Buffer.from(octets);
  const canary = { what, word: "" };
  return [
    { canary, how: "octets", bytes },
    { canary, how: "hexadecimal", bytes: Buffer.from(bytes.toString("hex")) },
    ...insideBase64(bytes).map((part) => ({ canary, how: "base64", bytes: Buffer.from(part) })),
  ];
}

/** What stays the same of these bytes in base64 wherever they begin: at three offsets, without the edges. */
function insideBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(first, last);
  });
}

/** Where in these bytes the words stand; nothing when they stand nowhere. */
export function findIn(where: string, bytes: Uint8Array, spellings: readonly Spelling[]): readonly string[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return spellings
    .filter((spelling) => haystack.includes(spelling.bytes))
    .map(({ canary, how }) => `${canary.what} as ${how} in ${where}`);
}

/** Every ordinary file below a directory. */
export function filesBelow(directory: string): readonly string[] {
  const found: string[] = [];
  const look = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) look(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  look(directory);
  return found;
}

/** Where below a directory the words stand, file names too. */
export function findBelow(directory: string, spellings: readonly Spelling[]): readonly string[] {
  return filesBelow(directory).flatMap((path) => [
    ...findIn(path, readFileSync(path), spellings),
    ...findIn(`the name of ${path}`, Buffer.from(path), spellings),
  ]);
}

/** Files and directories of a directory, sorted. */
export function namesIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .map((name) => (statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory() ? `${name}/` : name))
    .sort();
}
