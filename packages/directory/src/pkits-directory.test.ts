import { PathStore, type SignatureCache } from "@mitome/x509/path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CertificateDirectory, ldapCertificateDirectory } from "./certificate-directory.ts";
import {
  type PkitsCase,
  type PkitsDirectory,
  pkitsCases,
  pkitsCertificate,
  pkitsMissing,
  startPkitsDirectory,
} from "./pkits-directory.fixture.ts";
import { validateByDirectory } from "./validate-by-directory.ts";

/** The suite's certificates are valid from 2010 through 2030. */
const time = new Date("2026-11-22T03:00:00Z");
const signatures: SignatureCache = new Map();

/** Nothing is given but the trust anchor and the target: all else comes from the directory. */
async function outcome(one: PkitsCase, directory: CertificateDirectory): Promise<unknown> {
  const verdict = await validateByDirectory(
    {
      trustAnchors: [pkitsCertificate(one.trustAnchor)],
      target: pkitsCertificate(one.path.at(-1) ?? ""),
      store: new PathStore(),
      time,
      revocation: "required",
      userInitialPolicySet: one.userInitialPolicySet,
      initialExplicitPolicy: one.initialExplicitPolicy,
      initialPolicyMappingInhibit: one.initialPolicyMappingInhibit,
      initialAnyPolicyInhibit: one.initialAnyPolicyInhibit,
      initialSubtrees: { permittedSubtrees: [], excludedSubtrees: [] },
      signatures,
    },
    directory,
  );
  if (outOfReach.has(one.id)) return { id: one.id, outcome: verdict.kind };
  const policies = verdict.kind === "valid" ? verdict.userConstrainedPolicySet : [];
  const found = { id: one.id, outcome: verdict.kind === "valid" ? "valid" : "invalid" };
  const isPolicyKnown = one.expected === "valid" && one.expectedUserConstrainedPolicySet !== undefined;
  return isPolicyKnown ? { ...found, policies } : found;
}

/**
 * Valid, and not found so by directory names alone. The certificate's distribution point has a nameRelativeToCRLIssuer, and
 * the list stands in the entry of that name below its issuer: the search asks for entries by whole names alone.
 */
const outOfReach: ReadonlySet<string> = new Set(["4.14.4", "4.14.29"]);

function expected({ id, expected: outcome, expectedUserConstrainedPolicySet: policies }: PkitsCase): unknown {
  if (outOfReach.has(id)) return { id, outcome: "undetermined" };
  return outcome === "valid" && policies !== undefined
    ? { id, outcome, policies: [...policies].sort() }
    : { id, outcome };
}

describe.skipIf(pkitsMissing !== undefined)(
  `NIST PKITS by LDAP${pkitsMissing === undefined ? "" : `: ${pkitsMissing}`}`,
  () => {
    let server: PkitsDirectory;
    beforeAll(async () => {
      server = await startPkitsDirectory();
    }, 60_000);
    afterAll(() => server?.stop());

    it("gives the expected verdict and policy set with nothing but trust anchor, target and directory", async () => {
      const served = ldapCertificateDirectory({ url: server.url }, () => time);
      const failures: unknown[] = [];
      const directory: CertificateDirectory = {
        findEntry: (name) =>
          served.findEntry(name).catch((failure: unknown) => {
            failures.push(failure);
            throw failure;
          }),
      };
      const verdicts: unknown[] = [];
      for (const one of pkitsCases()) verdicts.push(await outcome(one, directory));
      expect(verdicts).toEqual(pkitsCases().map(expected));
      expect(failures).toEqual([]);
    }, 120_000);
  },
);
