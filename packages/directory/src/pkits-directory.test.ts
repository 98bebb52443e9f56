import { hash } from "node:crypto";
import { RepositoryUnavailable } from "@mitome/ca";
import { PathStore, type PathVerdict, type SignatureCache } from "@mitome/x509/path";
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
const validate = (one: PkitsCase, directory: CertificateDirectory): Promise<PathVerdict> =>
  validateByDirectory(
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

async function outcome(one: PkitsCase, directory: CertificateDirectory): Promise<unknown> {
  const verdict = await validate(one, directory);
  const policies = verdict.kind === "valid" ? verdict.userConstrainedPolicySet : [];
  const found = { id: one.id, outcome: verdict.kind === "valid" ? "valid" : "invalid" };
  const isPolicyKnown = one.expected === "valid" && one.expectedUserConstrainedPolicySet !== undefined;
  return isPolicyKnown ? { ...found, policies } : found;
}

function expected({ id, expected: outcome, expectedUserConstrainedPolicySet: policies }: PkitsCase): unknown {
  return outcome === "valid" && policies !== undefined
    ? { id, outcome, policies: [...policies].sort() }
    : { id, outcome };
}

describe.skipIf(pkitsMissing !== undefined)(
  `NIST PKITS by LDAP${pkitsMissing === undefined ? "" : `: ${pkitsMissing}`}`,
  () => {
    let server: PkitsDirectory;
    let served: CertificateDirectory;
    beforeAll(async () => {
      server = await startPkitsDirectory();
      served = ldapCertificateDirectory({ url: server.url }, () => time);
    }, 60_000);
    afterAll(() => server?.stop());

    it("gives the expected verdict and policy set with nothing but trust anchor, target and directory", async () => {
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

    it.each([1, 2, 3])(
      "says of nothing that is valid that it is not while a third of the entries fails (%i)",
      async (seed) => {
        const directory: CertificateDirectory = {
          findEntry: async (name) => {
            if ((hash("sha256", `${seed} ${name.key}`, "buffer")[0] ?? 0) % 3 === 0)
              throw new RepositoryUnavailable("out of order");
            return served.findEntry(name);
          },
        };
        const verdicts = new Map<string, number>();
        for (const one of pkitsCases()) {
          const { kind } = await validate(one, directory);
          const outcome = `${one.expected}: ${kind}`;
          verdicts.set(outcome, (verdicts.get(outcome) ?? 0) + 1);
        }
        expect(verdicts.get("valid: undetermined")).toBeGreaterThan(0);
        expect([verdicts.get("valid: invalid"), verdicts.get("invalid: valid")]).toEqual([undefined, undefined]);
      },
      120_000,
    );

    it("finds nothing valid when no entry can be had", async () => {
      const directory = ldapCertificateDirectory({ url: `${server.url}-nowhere` }, () => time);
      const kinds = new Set<string>();
      for (const one of pkitsCases().filter(({ expected }) => expected === "valid"))
        kinds.add((await validate(one, directory)).kind);
      expect([...kinds]).toEqual(["undetermined"]);
    }, 120_000);
  },
);
