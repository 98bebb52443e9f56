/** The octets of a list that are signed, made piece by piece: memory does not grow with what was revoked. */
import {
  authorityKeyIdentifier,
  crlNumber,
  encodeRevokedCertificates,
  frameTbsCertList,
  keyIdentifier,
  nextPublish,
  type RevokedCertificate,
  revokedCertificateLength,
} from "@mitome/x509";
import { type AuthorityDefinition, type KeyGeneration, suiteOf } from "../authority-definition.ts";
import type { EntryCount, ListEntry, ListPartition, ListSource } from "../status-ports.ts";
import { wholeSecond } from "../validity.ts";
import type { ListPlan } from "./decide-list.ts";
import { listPointOf, listScope } from "./list-scope.ts";

/** Whose list it is, and which. */
export interface ListContext {
  readonly definition: AuthorityDefinition;
  readonly generation: KeyGeneration;
  readonly partition: ListPartition;
  readonly plan: ListPlan;
}

/**
 * The TBSCertList of a plan, one piece after another: the same pieces whoever makes them. Fields and extensions as
 * 千葉県運用規程 7-2 lists them. Throws for a partition that the authority does not have.
 * @param counted entries as `countEntries` has counted them already
 */
export async function* listContent(
  context: ListContext,
  source: ListSource,
  counted?: readonly EntryCount[],
): AsyncGenerator<Uint8Array> {
  const { partition, plan } = context;
  const counts = counted ?? (await source.countEntries(partition, plan));
  const { before, after } = frameOf(context, counts);
  yield before;
  for await (const entries of source.readEntries(partition, plan)) yield encodeRevokedCertificates(asListed(entries));
  yield after;
}

function* asListed(entries: Iterable<ListEntry>): Generator<RevokedCertificate, void> {
  for (const { serial, revokedAt, reason } of entries)
    yield { serialNumber: serial, revocationDate: wholeSecond(revokedAt), reason };
}

function frameOf({ definition, generation, partition, plan }: ListContext, counts: readonly EntryCount[]) {
  const point = listPointOf(definition, partition);
  if (point === undefined) throw new RangeError(`no partition ${partition.partition}`);
  const length = counts.reduce(
    (sum, { integerOctets, entries }) => sum + entries * revokedCertificateLength({ integerOctets, hasReason: true }),
    0,
  );
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
  return frameTbsCertList(fields, length);
}
