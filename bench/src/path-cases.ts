import { createHash } from "node:crypto";
import {
  chibaAuthority,
  decideIssuance,
  distributionPointName,
  municipalityOf,
  uniqueNameFromRandom,
} from "@mitome/ca";
import {
  makeSoftAuthority,
  makeSoftKey,
  parsedRequest,
  requestPayload,
  softSign,
  testSerial,
} from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { anyPolicy } from "@mitome/x509/path";
import { type PkitsCase, pkitsCases, pkitsCertificate, pkitsList } from "../../packages/x509/src/path/pkits.fixture.ts";

/** A path whose every certificate and list is at hand in DER, and what a right validator answers. */
export interface PathToValidate
  extends Pick<
    PkitsCase,
    "userInitialPolicySet" | "initialExplicitPolicy" | "initialPolicyMappingInhibit" | "initialAnyPolicyInhibit"
  > {
  readonly trustAnchor: Uint8Array;
  readonly intermediates: readonly Uint8Array[];
  readonly target: Uint8Array;
  readonly lists: readonly Uint8Array[];
  readonly time: Date;
  readonly isValid: boolean;
}

/** Paths that are measured together. */
export interface PathGroup {
  readonly name: string;
  readonly paths: readonly PathToValidate[];
}

/** The suite's groups, none where the suite is not there. */
export function pkitsGroups(): readonly PathGroup[] {
  const cases = pkitsCases("cases.json");
  const group = (name: string, belongs: (one: PkitsCase) => boolean): PathGroup => ({
    name: `PKITS, ${name}`,
    paths: cases.filter(belongs).map(pathOf),
  });
  if (cases.length === 0) return [];
  return [
    group("policies (4.8–4.12)", ({ id }) => /^4\.(?:8|9|10|11|12)\./.test(id)),
    group("name constraints (4.13)", ({ id }) => id.startsWith("4.13.")),
    group("six certificates", ({ path }) => path.length === 6),
  ];
}

function pathOf(one: PkitsCase): PathToValidate {
  const { userInitialPolicySet, initialExplicitPolicy, initialPolicyMappingInhibit, initialAnyPolicyInhibit } = one;
  return {
    ...{ userInitialPolicySet, initialExplicitPolicy, initialPolicyMappingInhibit, initialAnyPolicyInhibit },
    trustAnchor: pkitsCertificate(one.trustAnchor),
    intermediates: one.path.slice(1, -1).map(pkitsCertificate),
    target: pkitsCertificate(one.path.at(-1) ?? ""),
    lists: one.crls.map(pkitsList),
    // The suite's certificates are valid from 2010 through 2030.
    time: new Date("2026-11-22T03:00:00Z"),
    isValid: one.expected === "valid",
  };
}

/** How many certificates of its municipality the list of {@link subscriberGroup} names. */
export const REVOKED = 1_000;

const CITY = "121002";

/** A resident's certificate below 千葉県's, with its municipality's list; and that of one who is on the list. */
export function subscriberGroup(): PathGroup {
  const at = new Date("2026-01-01T00:00:00Z");
  const authority = makeSoftAuthority(at, chibaAuthority);
  const municipality = municipalityOf(chibaAuthority, CITY);
  if (municipality === undefined) throw new Error(`no municipality ${CITY}`);
  const entries = Array.from({ length: REVOKED }, (_, index) => ({
    serialNumber: testSerial(1_000 + index),
    revocationDate: at,
    reason: "superseded" as const,
  }));
  const list = softList({
    issuer: chibaAuthority.issuer,
    key: authority.key,
    number: 1,
    point: distributionPointName(chibaAuthority, municipality, 1),
    onlyContains: "userCerts",
    entries,
  });
  const { subjectPublicKeyInfo } = makeSoftKey({ kind: "rsa", bits: 2048 });
  const issue = (number: number): Uint8Array => {
    const plan = decideIssuance(parsedRequest(requestPayload(subjectPublicKeyInfo, at, { authority: "chiba" })), {
      definition: chibaAuthority,
      generation: authority.generation,
      callerMunicipality: CITY,
      now: at,
      serial: testSerial(number),
      uniqueName: uniqueNameFromRandom(createHash("md5").update(`${number}`).digest()),
    });
    if (plan.kind === "refused") throw new Error(`the certificate is refused: ${plan.reason}`);
    return softSign(authority.key, plan.tbs, plan.signatureAlgorithm);
  };
  const path = (target: Uint8Array, isValid: boolean): PathToValidate => ({
    ...{ trustAnchor: authority.selfSigned, intermediates: [], target, lists: [list], isValid },
    ...{ userInitialPolicySet: [anyPolicy], initialExplicitPolicy: false },
    ...{ initialPolicyMappingInhibit: false, initialAnyPolicyInhibit: false },
    time: new Date("2026-01-02T00:00:00Z"),
  });
  return { name: "a subscriber's", paths: [path(issue(100), true), path(issue(1_000 + REVOKED / 2), false)] };
}
