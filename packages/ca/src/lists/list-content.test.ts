import { sign } from "node:crypto";
import { makeSoftKey, parsedRequest, requestPayload, testSerial } from "@mitome/testkit/soft-authority";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import {
  type CertificateList,
  crlExtensionOids,
  type Extension,
  extensionOids,
  frameCertificateList,
  keyIdentifier,
  parseAuthorityKeyIdentifier,
  parseCertificateList,
  parseCrlDistributionPoints,
  parseCrlNumber,
  parseIssuingDistributionPoint,
  parseNextPublish,
  parseTbsCertificate,
  verifySignature,
} from "@mitome/x509";
import { describe, expect, it } from "vitest";
import { decideIssuance } from "../decide-issuance.ts";
import { uniqueNameFromRandom } from "../profiles/subscriber.ts";
import { revocationReasons } from "../revocation/revocation-reason.ts";
import type { ListEntry } from "../status-ports.ts";
import { decideList } from "./decide-list.ts";
import { listContent } from "./list-content.ts";
import { authorityPartition, listPointOf, operationalPartition, partitionsOf } from "./list-scope.ts";
import { octetsOf, revocationsInMemory } from "./revocations-in-memory.fixture.ts";

const at = new Date("2026-04-01T00:00:00.700Z");
const soft = makeQuickAuthority(at);
const { definition } = soft;

/** One revocation of each reason, the first bit of some serial numbers set. */
const entries: readonly ListEntry[] = revocationReasons.map((reason, index) => ({
  serial: testSerial(100 + index),
  reason,
  revokedAt: new Date(at.getTime() - index * 86_400_000),
  notAfter: new Date(at.getTime() + 86_400_000),
}));

async function listOf(partition: string, all = entries, generation = 1): Promise<CertificateList> {
  const plan = decideList(definition, { revocations: all.length, lastNumber: 6, newest: undefined }, at);
  const context = {
    ...{ definition, plan, partition: { authority: definition.id, generation, partition } },
    generation: { ...soft.generation, number: generation },
  };
  const tbs = await octetsOf(await listContent(context, revocationsInMemory(all)));
  const frame = frameCertificateList(tbs.length, "ecdsa-with-SHA384", sign("sha384", tbs, soft.key.privateKey));
  return parseCertificateList(Buffer.concat([frame.before, tbs, frame.after]));
}

function extensionOf({ extensions }: { readonly extensions: readonly Extension[] }, oid: string): Extension {
  return extensions.find((extension) => extension.oid === oid) ?? expect.fail(`no extension ${oid}`);
}

const scopeOf = (list: CertificateList) => {
  const { critical, value } = extensionOf(list, crlExtensionOids.issuingDistributionPoint);
  return { critical, ...parseIssuingDistributionPoint(value) };
};

async function expectFields(partition: string): Promise<void> {
  const list = await listOf(partition);
  expect(list).toMatchObject({
    version: 2,
    signatureAlgorithm: "ecdsa-with-SHA384",
    issuer: definition.issuer,
    thisUpdate: new Date("2026-04-01T00:00:00Z"),
    nextUpdate: new Date("2026-04-04T00:00:00Z"),
  });
  expect(parseNextPublish(extensionOf(list, crlExtensionOids.nextPublish).value)).toEqual(
    new Date("2026-04-02T00:00:00Z"),
  );
  expect([...list.revokedCertificates]).toEqual(
    entries.map(({ serial, reason, revokedAt }) => ({
      ...{ serialNumber: serial, reason, extensions: [] },
      revocationDate: new Date(Math.floor(revokedAt.getTime() / 1000) * 1000),
    })),
  );
  const { authorityKeyIdentifier } = extensionOids;
  const { cRLNumber, issuingDistributionPoint, nextPublish } = crlExtensionOids;
  expect(list.extensions.map(({ oid, critical }) => [oid, critical])).toEqual([
    [authorityKeyIdentifier, false],
    [cRLNumber, false],
    [issuingDistributionPoint, true],
    [nextPublish, false],
  ]);
  expect(parseCrlNumber(extensionOf(list, cRLNumber).value)).toBe(7n);
  const spki = soft.generation.subjectPublicKeyInfo;
  const issuerKey = parseAuthorityKeyIdentifier(extensionOf(list, authorityKeyIdentifier).value);
  expect(Buffer.from(issuerKey.keyIdentifier ?? [])).toEqual(Buffer.from(keyIdentifier(spki)));
  expect(verifySignature(spki, list.signatureAlgorithm, list.tbs, list.signature)).toBe(true);
}

describe("千葉県運用規程 7-2: the fields of a list", () => {
  it("[C-7-2-1.1] of a municipality's certificates", () => expectFields("121002"));
  it("[C-7-2-2.1] [C-7-2-3.1] [C-7-2-4.1] of the authority's own: cross, self-signed and link certificates", () =>
    expectFields(authorityPartition));
  it("of operational certificates", () => expectFields(operationalPartition));

  it("has no revokedCertificates when nothing is revoked (RFC 5280 §5.1.2.6)", async () => {
    const list = await listOf("121002", []);
    expect([...list.revokedCertificates]).toEqual([]);
    expect(list.tbs.length).toBeLessThan((await listOf("121002", entries.slice(0, 1))).tbs.length);
  });
});

describe("千葉県運用規程 4-4-4-4: the scope of a list", () => {
  it("is the distribution point that the municipality's certificates name, key by key", async () => {
    for (const number of [1, 2]) {
      const key = makeSoftKey({ kind: "ec", curve: "P-384" });
      const request = requestPayload(key.subjectPublicKeyInfo, at, { authority: definition.id });
      const decision = decideIssuance(parsedRequest(request), {
        ...{ definition, generation: { ...soft.generation, number }, callerMunicipality: "121002", now: at },
        ...{ serial: testSerial(1), uniqueName: uniqueNameFromRandom(new Uint8Array(16)) },
      });
      if (decision.kind !== "plan") throw new Error(JSON.stringify(decision));
      const named = extensionOf(parseTbsCertificate(decision.tbs), extensionOids.cRLDistributionPoints);
      const [point] = parseCrlDistributionPoints(named.value);
      expect(scopeOf(await listOf("121002", entries, number))).toMatchObject({
        fullName: point?.fullName ?? expect.fail("no name"),
        onlyContains: "userCerts",
      });
    }
  });

  it("is critical, of all reasons and of this issuer alone, and no two partitions have the same", async () => {
    const points = new Set<string>();
    for (const partition of partitionsOf(definition)) {
      const { critical, fullName, onlyContains, onlySomeReasons, indirectCRL } = scopeOf(await listOf(partition, []));
      expect({ critical, onlySomeReasons, indirectCRL }).toEqual({
        ...{ critical: true, onlySomeReasons: undefined, indirectCRL: false },
      });
      expect(onlyContains).toBe(partition === authorityPartition ? "caCerts" : "userCerts");
      points.add(JSON.stringify(fullName));
    }
    expect(points.size).toBe(definition.municipalities.length + 2);
  });

  it("of the authority's own certificates is the authority's own entry", async () => {
    const { fullName } = scopeOf(await listOf(authorityPartition));
    expect(fullName).toEqual([{ kind: "directoryName", name: definition.issuer }]);
  });

  it("is none for a municipality elsewhere, and no list is made of it", async () => {
    expect(listPointOf(definition, { generation: 1, partition: "131016" })).toBeUndefined();
    await expect(listOf("131016")).rejects.toThrow(RangeError);
  });
});
