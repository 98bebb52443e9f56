import { hash } from "node:crypto";
import { RepositoryUnavailable } from "@mitome/ca";
import { PathStore, type PathVerdict, type SignatureCache } from "@mitome/x509/path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  pkitsCases as casesIn,
  type PkitsCase,
  pkitsExpected,
  pkitsOutcome,
  pkitsRequest,
  pkitsTime as time,
} from "../../x509/src/path/pkits.fixture.ts";
import { type CertificateDirectory, ldapCertificateDirectory } from "./certificate-directory.ts";
import {
  pkitsDirectoryMissing as missing,
  type PkitsDirectory,
  startPkitsDirectory,
} from "./pkits-directory.fixture.ts";
import { validateByDirectory } from "./validate-by-directory.ts";

const signatures: SignatureCache = new Map();
const cases = [...casesIn("cases.json"), ...casesIn("extra-cases.json")];

/** Nothing is given but the trust anchor and the target: all else comes from the directory. */
const validate = (one: PkitsCase, directory: CertificateDirectory): Promise<PathVerdict> =>
  validateByDirectory(pkitsRequest(one, new PathStore(), signatures), directory);

const outcome = async (one: PkitsCase, directory: CertificateDirectory): Promise<unknown> =>
  pkitsOutcome(one, await validate(one, directory));

describe.skipIf(missing !== undefined)(`NIST PKITS by LDAP${missing === undefined ? "" : `: ${missing}`}`, () => {
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
    for (const one of cases) verdicts.push(await outcome(one, directory));
    expect(verdicts).toEqual(cases.map(pkitsExpected));
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
      for (const one of cases) {
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
    for (const one of cases.filter(({ expected }) => expected === "valid"))
      kinds.add((await validate(one, directory)).kind);
    expect([...kinds]).toEqual(["undetermined"]);
  }, 120_000);
});
