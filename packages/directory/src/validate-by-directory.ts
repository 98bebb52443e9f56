/** Path validation by a directory that may fail. */
import { RepositoryRefused, RepositoryUnavailable } from "@mitome/ca";
import { type PathRequest, type PathVerdict, validateWithDirectory } from "@mitome/x509/path";
import type { CertificateDirectory } from "./certificate-directory.ts";

/**
 * `validateWithDirectory`, where an entry that cannot be had is not an entry that is absent: the path that it would have
 * made is unknown, so that what is not valid without it is undetermined. What is found revoked stays invalid. What
 * was left out of an entry is told in `request.store.unreadable` and so in the verdict.
 */
export async function validateByDirectory(request: PathRequest, directory: CertificateDirectory): Promise<PathVerdict> {
  const failures: string[] = [];
  const { unreadable } = request.store;
  const verdict = await validateWithDirectory(request, {
    async findEntry(name) {
      try {
        const entry = await directory.findEntry(name);
        const told = (entry?.leftOut ?? []).map((why) => `${why} in the entry of ${name.text}`);
        unreadable.push(...told.filter((line) => !unreadable.includes(line)));
        return entry;
      } catch (problem) {
        if (!(problem instanceof RepositoryUnavailable || problem instanceof RepositoryRefused)) throw problem;
        failures.push(`the entry of ${name.text} cannot be had: ${problem.message}`);
        return undefined;
      }
    },
  });
  if (failures.length === 0 || verdict.kind === "valid" || verdict.rejection.reason === "revoked") return verdict;
  const { rejection } = verdict;
  const message = [rejection.message, ...failures.slice(0, 3)].join("; ");
  return { ...verdict, kind: "undetermined", rejection: { ...rejection, message } };
}
