import { makeSoftKey, testSerial } from "@mitome/testkit/soft-authority";
import { makeQuickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { extensionOids, parseCrlDistributionPoints, parseTbsCertificate } from "@mitome/x509";
import { expect, it } from "vitest";
import { decideResponder } from "./decide-responder.ts";
import { listPointOf, operationalPartition } from "./lists/list-scope.ts";

const now = new Date("2026-04-01T00:00:00Z");
const nocheck = "1.3.6.1.5.5.7.48.1.5";

it("a responder's certificate names the list on which its own end would stand, and does not ask to be believed without", () => {
  const { definition, generation } = makeQuickAuthority(now);
  const { subjectPublicKeyInfo } = makeSoftKey({ kind: "ec", curve: "P-384" });
  const decision = decideResponder({ definition, generation, subjectPublicKeyInfo, now, serial: testSerial(1) });
  if (decision.kind !== "plan") throw new Error(decision.reason);
  const { extensions } = parseTbsCertificate(decision.tbs);
  expect(extensions.map(({ oid }) => oid)).not.toContain(nocheck);
  const points = extensions.find(({ oid }) => oid === extensionOids.cRLDistributionPoints) ?? expect.fail("no point");
  const name = listPointOf(definition, { generation: generation.number, partition: operationalPartition });
  expect(parseCrlDistributionPoints(points.value).map(({ fullName }) => fullName)).toEqual([
    [{ kind: "directoryName", name }],
  ]);
});
