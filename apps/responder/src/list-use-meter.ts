/** Lists that verifiers were given by LDAP, counted like every other use: slapd wrote each down as it gave it. */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type AuthorityDefinition, bindNameOf, listPointOf, partitionsOf } from "@mitome/ca";
import { type DirectoryAccess, type ListUse, readListUses, usesKeptForDays } from "@mitome/directory";
import { formatDn } from "@mitome/x509";
import { log } from "./log.ts";
import type { AccessRecords } from "./ports.ts";

/** Which authority's directory, and for which keys it has lists. */
export interface MeteredDirectory {
  /** As the service that may read what slapd wrote down. */
  readonly meter: DirectoryAccess;
  /** Tells this slapd from others that serve the same lists. */
  readonly name: string;
  readonly definition: AuthorityDefinition;
  readonly generations: readonly number[];
  /** As whom our own prober binds: what it reads is given to nobody. */
  readonly prober?: string;
}

const hour = 3_600_000;
// slapd writes a use down when its answer ends, which may be long after it began.
const again = hour;
/** What is read at a time: a directory that nobody read for a month has more than should be in memory at once. */
const stretch = 24 * hour;
const mostAtOnce = 1_000;

const storeEvery = 60_000;
/** Milliseconds for which a round is waited for when this program ends. */
const givenUpAfter = 1_000;

/** Stores uses now and a minute after each time; the answer stops it. */
export function startMetering(directory: MeteredDirectory, records: AccessRecords): () => Promise<void> {
  let from = new Date(Date.now() - usesKeptForDays * 24 * hour);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async (): Promise<void> => {
    const begun = new Date();
    try {
      await storeListUses(directory, records, from);
      from = begun;
    } catch {
      if (!stopped) log("warn", "RS020");
    }
    if (stopped) return;
    timer = setTimeout(() => {
      running = round();
    }, storeEvery);
  };
  let running = round();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    // A directory that says nothing would be waited for for minutes; the next process reads the same again.
    await Promise.race([running, pause(givenUpAfter, undefined, { ref: false })]);
  };
}

/**
 * Stores the uses that began since an hour before `from`; each counts once however often it is read. Throws as the
 * directory and the records do: nothing is lost, the next round reads it again.
 */
export async function storeListUses(
  { meter, name, definition, generations, prober }: MeteredDirectory,
  records: AccessRecords,
  from: Date,
): Promise<void> {
  const points = pointsOf(definition, generations);
  const recordOf = ({ id, at, bindName, point }: ListUse): readonly string[] => {
    const list = points.get(point);
    if (list === undefined || bindName === prober) return [];
    const line = records.lineOf(uuidOf(`${name}\0${definition.id}\0${id}`), {
      ...{ authority: definition.id, verifierId: verifierOf(bindName) },
      ...{ confirmer: null, at, method: "crlByLdap", ...list, crlNumber: null },
    });
    return [line];
  };
  // An hour beyond now: the directory's clock may be ahead.
  const end = Date.now() + hour;
  for (let begin = from.getTime() - again; begin < end; begin += stretch) {
    const uses = await readListUses(meter, definition, { from: new Date(begin), until: new Date(begin + stretch) });
    const lines = uses.flatMap(recordOf);
    for (let at = 0; at < lines.length; at += mostAtOnce) {
      await records.store(Buffer.from(lines.slice(at, at + mostAtOnce).join("")));
    }
  }
}

/** The partitions by the names under which slapd knows their points. */
function pointsOf(definition: AuthorityDefinition, generations: readonly number[]) {
  const keys = generations.flatMap((generation) =>
    partitionsOf(definition).map((partition) => ({ generation, partition })),
  );
  return new Map(keys.map((key) => [formatDn(listPointOf(definition, key) ?? []).toLowerCase(), key]));
}

const bindPrefix = bindNameOf({ id: "" });

function verifierOf(bindName: string): string {
  return bindName.startsWith(bindPrefix) ? bindName.slice(bindPrefix.length) : bindName;
}

/** A UUID (RFC 9562 §5.8) that is the same for the same use. */
function uuidOf(use: string): string {
  const hash = createHash("sha256").update(use).digest();
  hash[6] = 0x80 | ((hash[6] ?? 0) & 0x0f);
  hash[8] = 0x80 | ((hash[8] ?? 0) & 0x3f);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
