import {
  makeSoftAuthority,
  makeSoftKey,
  parsedRequest,
  requestPayload,
  softSign,
  testSerial,
} from "@mitome/testkit/soft-authority";
import { type SoftList, softList } from "@mitome/testkit/soft-list";
import { anyPolicy, PathStore, validateCertificationPath } from "@mitome/x509/path";
import { describe, expect, it } from "vitest";
import { chibaAuthority } from "./authorities/chiba.ts";
import { decideIssuance } from "./decide-issuance.ts";
import { authorityPartition, listPointOf } from "./lists/list-scope.ts";
import { uniqueNameFromRandom } from "./profiles/subscriber.ts";

const issuedAt = new Date("2026-01-02T03:00:00Z");
const authority = makeSoftAuthority(issuedAt, chibaAuthority);
const { definition, generation, key } = authority;
const { subjectPublicKeyInfo } = makeSoftKey({ kind: "rsa", bits: 2048 });

function subscriber(): Uint8Array {
  const payload = requestPayload(subjectPublicKeyInfo, issuedAt, { authority: definition.id });
  const decision = decideIssuance(parsedRequest(payload), {
    ...{ definition, generation, callerMunicipality: "121002", now: issuedAt, serial: testSerial(7) },
    uniqueName: uniqueNameFromRandom(new Uint8Array(16).fill(9)),
  });
  if (decision.kind === "refused") throw new Error(JSON.stringify(decision));
  return softSign(key, decision.tbs, decision.signatureAlgorithm);
}

const target = subscriber();

/** The list of a partition, with these entries. */
function listOf(
  partition: string,
  onlyContains: SoftList["onlyContains"],
  entries: SoftList["entries"] = [],
): Uint8Array {
  const point = listPointOf(definition, { generation: 1, partition });
  if (point === undefined) throw new Error(`no list of ${partition}`);
  return softList({ issuer: definition.issuer, key, number: 1, point, onlyContains, entries });
}

function validate(...lists: readonly Uint8Array[]): unknown {
  const store = new PathStore();
  for (const list of lists) store.addList(list);
  const verdict = validateCertificationPath({
    ...{ trustAnchors: [authority.selfSigned], target, store, time: new Date("2026-01-02T12:00:00Z") },
    ...{ revocation: "required", userInitialPolicySet: [anyPolicy], initialExplicitPolicy: true },
    ...{ initialPolicyMappingInhibit: false, initialAnyPolicyInhibit: false },
    initialSubtrees: { permittedSubtrees: [], excludedSubtrees: [] },
  });
  return verdict.kind === "valid" ? verdict.userConstrainedPolicySet : verdict.rejection.reason;
}

describe("RFC 5280 §6, our own certificates and lists", () => {
  const revoked = { serialNumber: testSerial(7), revocationDate: issuedAt, reason: "keyCompromise" } as const;

  it("make a valid path for the policy of the practice statement", () => {
    expect(validate(listOf("121002", "userCerts"))).toEqual(["1.2.392.200149.8.5.1.1.10"]);
  });

  it("end the path with the entry in the municipality's list", () => {
    expect(validate(listOf("121002", "userCerts", [revoked]))).toBe("revoked");
  });

  it("say nothing of a subscriber in another municipality's list or the authority's own", () => {
    expect(validate(listOf("122033", "userCerts", [revoked]))).toBe("revocationUndetermined");
    expect(validate(listOf(authorityPartition, "caCerts"))).toBe("revocationUndetermined");
    expect(validate(listOf("122033", "userCerts"), listOf("121002", "userCerts"))).toEqual([
      "1.2.392.200149.8.5.1.1.10",
    ]);
  });
});
