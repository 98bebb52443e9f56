import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readRecordedSigns } from "./softhsm.ts";

/** What the PKCS#11 border and the signer's journal say about one TBS. */
export interface SignatureAccount {
  /** SHA-256 of the TBS, in hexadecimal. */
  readonly tbs: string;
  /** C_Sign calls at the border, whatever came of them. */
  readonly calls: number;
  /** Attempts that the journal announced, and those whose outcome it knows to be a signature. */
  readonly attempts: number;
  readonly signed: number;
  /** The intent, or null for lists, heads of audit streams and calls that the journal does not know. */
  readonly intent: string | null;
  /** Whether the journal says that a list of revoked certificates was signed. */
  readonly isList: boolean;
}

type Entry = { kind: string; tbs?: string; intent?: string | null; list?: object; outcome?: string };

/**
 * Puts pkcs11-spy's record beside the signer's journal, by TBS. Knows RSA with hashing in the token, where the border
 * sees the TBS itself, and RSA with hashing before it and ECDSA with SHA-256, where it sees the hash.
 */
export function signatureAccounts(
  spyRecord: string,
  journal: string,
): {
  readonly accounts: readonly SignatureAccount[];
  /** Calls in the record that cannot be read: nobody can say of what. */
  readonly unread: number;
} {
  const accounts = new Map<string, SignatureAccount>();
  const change = (tbs: string, by: (account: SignatureAccount) => Partial<SignatureAccount>) => {
    const account = accounts.get(tbs) ?? { tbs, calls: 0, attempts: 0, signed: 0, intent: null, isList: false };
    accounts.set(tbs, { ...account, ...by(account) });
  };
  const calls = readRecordedSigns(spyRecord);
  for (const { mechanism, input } of calls.filter(({ isWhole }) => isWhole)) {
    const oneMore = ({ calls }: SignatureAccount) => ({ calls: calls + 1 });
    if (mechanism === "CKM_SHA256_RSA_PKCS") change(createHash("sha256").update(input).digest("hex"), oneMore);
    // A DigestInfo, whose last octets are the hash.
    if (mechanism === "CKM_RSA_PKCS") change(Buffer.from(input.subarray(-32)).toString("hex"), oneMore);
    if (mechanism === "CKM_ECDSA" && input.length === 32) change(Buffer.from(input).toString("hex"), oneMore);
  }
  for (const { tbs, ...entry } of journalEntries(journal)) {
    if (tbs === undefined) continue;
    if (entry.kind === "attempt") {
      const { intent = null, list } = entry;
      change(tbs, ({ attempts }) => ({ attempts: attempts + 1, intent, isList: list !== undefined }));
    }
    if (entry.kind === "outcome" && entry.outcome === "signed") change(tbs, ({ signed }) => ({ signed: signed + 1 }));
  }
  return { accounts: [...accounts.values()], unread: calls.filter(({ isWhole }) => !isWhole).length };
}

/** Entries of a journal's whole lines; a torn last line is left out. */
function journalEntries(journal: string): Entry[] {
  const lines = readFileSync(journal, "utf8").split("\n").slice(0, -1);
  return lines.map((line): Entry => JSON.parse(line).entry);
}
