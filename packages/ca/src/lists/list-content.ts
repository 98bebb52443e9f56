/** The octets of a list that are signed, given piece by piece: memory does not grow with what was revoked. */
import { authorityKeyIdentifier, crlNumber, frameTbsCertList, keyIdentifier, nextPublish } from "@mitome/x509";
import { type AuthorityDefinition, type KeyGeneration, suiteOf } from "../authority-definition.ts";
import type { ListPartition, ListSource } from "../status-ports.ts";
import type { ListPlan } from "./decide-list.ts";
import { listPointOf, listScope } from "./list-scope.ts";
import { encodeEntries, fullStretches, keptOf, measureKept, stretchLength } from "./list-stretch.ts";

/** Whose list it is, and which. */
export interface ListContext {
  readonly definition: AuthorityDefinition;
  readonly generation: KeyGeneration;
  readonly partition: ListPartition;
  readonly plan: ListPlan;
}

/** A TBSCertList: its own octets, and between them those that it shares with the partition's other lists. */
export interface ListContent {
  readonly entries: number;
  readonly octets: number;
  /** How many stretches stand between the two. */
  readonly stretches: number;
  /** Everything before the first entry. */
  readonly head: Uint8Array;
  /** The entries that are in no full stretch yet, and everything after them. */
  readonly tail: Uint8Array;
  /** All of it, one piece after another. Throws {@link StretchAltered}. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** A stretch in the ledger is not what was revoked, or not what it was a moment ago. */
export class StretchAltered extends Error {
  constructor() {
    super("a stretch of revocations was altered");
    this.name = "StretchAltered";
  }
}

/**
 * The TBSCertList of a plan, the same octets whoever makes it; every full stretch stands in the source by then. Fields and
 * extensions as 千葉県運用規程 7-2 lists them. Throws for a partition that the authority does not have.
 */
export async function listContent(context: ListContext, source: ListSource): Promise<ListContent> {
  const { partition, plan } = context;
  const stretches = fullStretches(plan.through);
  const extent = { stretches, keptFrom: plan.keptFrom };
  const last = encodeEntries(await source.readRevocations(partition, stretches * stretchLength, plan.through));
  let { entries, octets } = measureKept(last.ends, plan);
  const octetsOfLast = octets;
  for await (const ends of source.readEnds(partition, extent)) {
    const kept = measureKept(ends, plan);
    entries += kept.entries;
    octets += kept.octets;
  }
  const { before, after } = frameOf(context, octets);
  const tail = Buffer.concat([...keptOf(last, plan), after]);
  async function* pieces() {
    yield before;
    let left = octets - octetsOfLast;
    for await (const stretch of source.readStretches(partition, extent)) {
      for (const piece of keptOf(stretch, plan)) {
        left -= piece.length;
        yield piece;
      }
    }
    if (left !== 0) throw new StretchAltered();
    yield tail;
  }
  return { entries, octets: before.length + octets + after.length, stretches, head: before, tail, pieces };
}

function frameOf({ definition, generation, partition, plan }: ListContext, entriesLength: number) {
  const point = listPointOf(definition, partition);
  if (point === undefined) throw new RangeError(`no partition ${partition.partition}`);
  const fields = {
    signatureAlgorithm: suiteOf(definition).signatureAlgorithm,
    issuer: definition.issuer,
    thisUpdate: plan.thisUpdate,
    nextUpdate: plan.nextUpdate,
    extensions: [
      authorityKeyIdentifier(keyIdentifier(generation.subjectPublicKeyInfo)),
      crlNumber(BigInt(plan.number)),
      listScope(point, partition.partition),
      nextPublish(plan.nextPublish),
    ],
  };
  return frameTbsCertList(fields, entriesLength);
}
