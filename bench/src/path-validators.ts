import { type PathRequest, PathStore, validateCertificationPath } from "@mitome/x509/path";
import { Certificate, CertificateChainValidationEngine, CertificateRevocationList } from "pkijs";
import type { PathToValidate } from "./path-cases.ts";

/**
 * What a validation begins with. From octets it reads every certificate and list itself, and nothing is kept of the one
 * before. From objects those of a validator's own kind were read beforehand, as far as it takes such.
 */
export type PathInput = "octets" | "objects";

/** What repeated validation of some paths took. */
export interface PathRun {
  /** How many validations. */
  readonly paths: number;
  readonly seconds: number;
  /** Seconds of processor time of all threads. */
  readonly cpu: number;
}

/** A validator of certification paths. */
export interface PathValidator {
  /** Whether each of these paths is valid. */
  verdicts(paths: readonly PathToValidate[]): Promise<readonly boolean[]>;
  /** Validates all of these paths again and again, for so many seconds at least. */
  run(paths: readonly PathToValidate[], from: PathInput, seconds: number): Promise<PathRun>;
}

/**
 * Ours. Every validation has a run and a cache of signatures of its own; it reads target and trust anchor itself, since
 * only what stands in a store can be read beforehand.
 */
export const mitome = validatorHere(requestOf, async (request) => validateCertificationPath(request).kind === "valid");

/** PKI.js on Web Crypto. */
export const pkijs = validatorHere(
  (path) => ({
    path,
    trustedCerts: [Certificate.fromBER(path.trustAnchor)],
    certs: [...path.intermediates, path.target].map((der) => Certificate.fromBER(der)),
    crls: path.lists.map((der) => CertificateRevocationList.fromBER(der)),
  }),
  async ({ path, ...read }) => {
    const engine = new CertificateChainValidationEngine({ ...read, checkDate: path.time });
    const { result } = await engine.verify({
      initialPolicySet: [...path.userInitialPolicySet],
      initialExplicitPolicy: path.initialExplicitPolicy,
      initialPolicyMappingInhibit: path.initialPolicyMappingInhibit,
      initialInhibitPolicy: path.initialAnyPolicyInhibit,
    });
    return result;
  },
);

function requestOf(path: PathToValidate): PathRequest {
  const { trustAnchor, intermediates, lists, isValid: _, ...asked } = path;
  const store = new PathStore();
  for (const der of intermediates) store.addCertificate(der);
  for (const der of lists) store.addList(der);
  return {
    ...asked,
    trustAnchors: [trustAnchor],
    store,
    revocation: "required",
    initialSubtrees: { permittedSubtrees: [], excludedSubtrees: [] },
  };
}

/** A validator in this process. */
function validatorHere<Read>(
  read: (path: PathToValidate) => Read,
  validate: (read: Read) => Promise<boolean>,
): PathValidator {
  return {
    async verdicts(paths) {
      const answers: boolean[] = [];
      for (const path of paths) answers.push(await validate(read(path)));
      return answers;
    },
    async run(paths, from, seconds) {
      const before = from === "objects" ? paths.map(read) : [];
      const [started, used] = [performance.now(), process.cpuUsage()];
      const elapsed = () => (performance.now() - started) / 1_000;
      let count = 0;
      while (elapsed() < seconds) {
        for (const [index, path] of paths.entries()) await validate(before[index] ?? read(path));
        count += paths.length;
      }
      const { user, system } = process.cpuUsage(used);
      return { paths: count, seconds: elapsed(), cpu: (user + system) / 1e6 };
    },
  };
}
