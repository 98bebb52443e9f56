/** An LDAP v3 server as the directory that path validation asks (RFC 4523, RFC 4511). */
import { RepositoryRefused, RepositoryUnavailable } from "@mitome/ca";
import type { PathDirectory, PathName } from "@mitome/x509/path";
import { type CertificateEntry, certificateEntryAttributes, readCertificateEntry } from "./certificate-entry.ts";
import { type CacheSize, EntryCache, type EntryLifetimes, usableUntil } from "./entry-cache.ts";
import { type DirectoryReader, search } from "./ldap-tools.ts";

/** Bounds of what is asked and kept. */
export interface CertificateDirectoryBounds extends EntryLifetimes {
  readonly cache: CacheSize;
  /** Of one entry's answer, in LDIF: a third more than its values. A longer one is a failure, never a part of the entry. */
  readonly answerOctets: number;
  /** Of that LDIF: one for each value, one for the name and an empty one. More are a failure too. */
  readonly answerLines: number;
  /** Questions to the server at one time; the others wait. */
  readonly questions: number;
  /** Milliseconds for one question, where the reader says nothing. */
  readonly timeout: number;
}

/**
 * 10 minutes for lists, an hour for certificates, a minute for absence; 10,000 entries of 256 MiB together. A list of a
 * million entries takes 65 MiB of LDIF.
 */
const defaultBounds: CertificateDirectoryBounds = {
  lists: 600_000,
  certificates: 3_600_000,
  absence: 60_000,
  cache: { entries: 10_000, octets: 256 * 2 ** 20 },
  answerOctets: 128 * 2 ** 20,
  answerLines: 4_096,
  questions: 8,
  timeout: 30_000,
};

/** A directory whose entries also say what was left out of them. */
export interface CertificateDirectory extends PathDirectory {
  /**
   * The entry, or `undefined` where the server says that there is none or shows none to this reader. Throws
   * `RepositoryUnavailable` and `RepositoryRefused` where it does not answer or answers something else: then nobody knows
   * what is in the entry. No failure is remembered.
   */
  findEntry(name: PathName): Promise<CertificateEntry | undefined>;
}

/** No entry has a longer name; RFC 5280's attributes have at most 64 characters, a few 32,768. */
const longestName = 4_096;
const invalidDnSyntax = 34;

/** This server, asked anonymously or with the reader's name. `now` tells the time. */
export function ldapCertificateDirectory(
  reader: DirectoryReader,
  now: () => Date,
  bounds: Partial<CertificateDirectoryBounds> = {},
): CertificateDirectory {
  const all = { ...defaultBounds, ...bounds };
  const cache = new EntryCache(all.cache);
  const inTurn = atMost(all.questions);
  const underWay = new Map<string, Promise<CertificateEntry | undefined>>();

  async function fetchEntry({ key, text }: PathName): Promise<CertificateEntry | undefined> {
    if (text.length > longestName)
      throw new RepositoryRefused(invalidDnSyntax, `a name of ${text.length} characters is not asked for`);
    const asked = now();
    const ldif = await search({ timeout: all.timeout, ...reader }, text, {
      scope: "base",
      filter: "(objectClass=*)",
      attributes: certificateEntryAttributes,
      mostOctets: all.answerOctets,
    });
    if (hasMoreLines(ldif, all.answerLines))
      throw new RepositoryUnavailable(`${reader.url}: an answer of more than ${all.answerLines} lines`);
    const entry = ldif.length === 0 ? undefined : readCertificateEntry(ldif);
    cache.keep(key, { entry, asked, until: usableUntil(entry, asked, all) });
    return entry;
  }

  return {
    async findEntry(name) {
      // The empty name is that of the server itself (RFC 4512 §5.1).
      if (name.relativeNames.length === 0) return undefined;
      const kept = cache.find(name.key, now());
      if (kept !== undefined) return kept.entry;
      const asking = underWay.get(name.key) ?? inTurn(() => fetchEntry(name)).finally(() => underWay.delete(name.key));
      underWay.set(name.key, asking);
      return asking;
    },
  };
}

function hasMoreLines(text: Buffer, most: number): boolean {
  let at = -1;
  for (let lines = 0; lines <= most; lines += 1) {
    at = text.indexOf("\n", at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** Runs as many tasks at one time, the others in the order in which they came. */
function atMost(width: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < width) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
