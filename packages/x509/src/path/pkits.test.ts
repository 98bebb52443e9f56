import { describe, expect, it } from "vitest";
import { PathStore } from "./path-store.ts";
import {
  type PkitsCase,
  pkitsAll,
  pkitsCases,
  pkitsCertificate,
  pkitsExpected,
  pkitsList,
  pkitsMissing,
  pkitsOutcome,
  pkitsRequest,
} from "./pkits.fixture.ts";
import { seeded, shuffled } from "./seeded.fixture.ts";
import { validateCertificationPath } from "./validate-certification-path.ts";
import type { SignatureCache } from "./validation-run.ts";

const signatures: SignatureCache = new Map();
const cases = pkitsCases("cases.json");
const extraCases = pkitsCases("extra-cases.json");
const all = [...cases, ...extraCases];

const outcome = (one: PkitsCase, store: PathStore): unknown =>
  pkitsOutcome(one, validateCertificationPath(pkitsRequest(one, store, signatures)));

const storeOf = (certificates: readonly Uint8Array[], lists: readonly Uint8Array[]): PathStore => {
  const store = new PathStore();
  for (const certificate of certificates) store.addCertificate(certificate);
  for (const list of lists) store.addList(list);
  return store;
};

const caseStore = ({ certs, crls }: PkitsCase): PathStore => storeOf(certs.map(pkitsCertificate), crls.map(pkitsList));

describe.skipIf(pkitsMissing !== undefined)(
  `NIST PKITS${pkitsMissing === undefined ? "" : `: ${pkitsMissing}`}`,
  () => {
    it("has 249 runs of its 224 tests, and nine more", () => {
      expect([cases.length, extraCases.length]).toEqual([249, 9]);
    });

    it("gives the expected verdict and user-constrained policy set in every run", () => {
      expect(all.map((one) => outcome(one, caseStore(one)))).toEqual(all.map(pkitsExpected));
    });

    it("gives the same whatever the order of each run's certificates and lists", () => {
      const random = seeded(20261122);
      const verdicts = all.map((one) => {
        const certificates = shuffled(one.certs, random).map(pkitsCertificate);
        return outcome(one, storeOf(certificates, shuffled(one.crls, random).map(pkitsList)));
      });
      expect(verdicts).toEqual(all.map(pkitsExpected));
    });

    it.each([1, 2, 3])("gives the same with everything of the suite at hand, in order %i", (seed) => {
      const random = seeded(seed);
      const { certificates, lists } = pkitsAll();
      const store = storeOf(shuffled(certificates, random), shuffled(lists, random));
      expect(all.map((one) => outcome(one, store))).toEqual(all.map(pkitsExpected));
    });
  },
);
