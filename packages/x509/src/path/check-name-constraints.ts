import type { NameConstraints } from "./name-constraints.ts";
import type { PathCertificate } from "./path-certificate.ts";
import type { PathGeneralName } from "./path-general-name.ts";
import { type Rejection, reject } from "./rejection.ts";
import { constrainedForm, isWithin } from "./subtrees.ts";
import type { ValidationRun } from "./validation-run.ts";

/**
 * RFC 5280 §6.1.3 (b), (c): every name of the certificate lies within each certificate's permitted subtrees of its form, where
 * there are any, and within no excluded one. A form or text that is not understood is refused where a constraint speaks of it.
 */
export function nameConstraintsRejection(
  run: ValidationRun,
  certificate: PathCertificate,
  constraints: readonly NameConstraints[],
): Rejection | undefined {
  const active = constraints.filter(
    ({ permittedSubtrees, excludedSubtrees }) => permittedSubtrees.length + excludedSubtrees.length > 0,
  );
  if (active.length === 0) return undefined;
  const names = namesOf(certificate);
  run.compare(comparisonCost(names, active));
  for (const name of names) {
    for (const { permittedSubtrees, excludedSubtrees } of active) {
      const rejection =
        excludedRejection(certificate, name, excludedSubtrees) ??
        permittedRejection(certificate, name, permittedSubtrees);
      if (rejection !== undefined) return rejection;
    }
  }
  return undefined;
}

/** How many comparisons there are to make; one of long texts counts for several. */
function comparisonCost(names: readonly PathGeneralName[], constraints: readonly NameConstraints[]): number {
  const bases = constraints.flatMap(({ permittedSubtrees, excludedSubtrees }) => [
    ...permittedSubtrees,
    ...excludedSubtrees,
  ]);
  const sizeOf = (all: readonly PathGeneralName[]): number =>
    all.reduce((sum, one) => sum + 1 + ("text" in one ? one.text.length / 128 : 0), 0);
  return sizeOf(names) * bases.length + sizeOf(bases) * names.length;
}

/** The subject where it is not empty, the names of subjectAltName, and the subject's e-mail addresses (RFC 5280 §4.2.1.10). */
function namesOf({ subject, extensions }: PathCertificate): readonly PathGeneralName[] {
  const directoryName = { kind: "directoryName", name: subject } as const;
  const mailboxes = subject.emailAddresses.map((text) => ({ kind: "rfc822Name", text }) as const);
  return [
    ...(subject.relativeNames.length > 0 ? [directoryName] : []),
    ...mailboxes,
    ...(extensions.subjectAltName ?? []),
  ];
}

function excludedRejection(
  { subject }: PathCertificate,
  name: PathGeneralName,
  subtrees: readonly PathGeneralName[],
): Rejection | undefined {
  for (const base of sameForm(name, subtrees)) {
    const within = isWithin(name, base, true);
    if (within === undefined) return notUnderstood(name, subject.text);
    if (within) return reject("nameExcluded", `${show(name)} lies in an excluded subtree, ${show(base)}`, subject.text);
  }
  return undefined;
}

function permittedRejection(
  { subject }: PathCertificate,
  name: PathGeneralName,
  subtrees: readonly PathGeneralName[],
): Rejection | undefined {
  const bases = sameForm(name, subtrees);
  if (bases.length === 0) return undefined;
  const answers = bases.map((base) => isWithin(name, base, false));
  if (answers.includes(true)) return undefined;
  if (answers.includes(undefined)) return notUnderstood(name, subject.text);
  const permitted = bases.slice(0, 5).map(show).join(", ");
  return reject("nameNotPermitted", `${show(name)} lies in no permitted subtree (${permitted})`, subject.text);
}

function sameForm(name: PathGeneralName, subtrees: readonly PathGeneralName[]): readonly PathGeneralName[] {
  const form = constrainedForm(name);
  return subtrees.filter(({ kind }) => kind === form);
}

function notUnderstood(name: PathGeneralName, subject: string): Rejection {
  return reject("nameNotUnderstood", `${show(name)} is constrained, but not understood`, subject);
}

function show(name: PathGeneralName): string {
  if (name.kind === "directoryName") return `directoryName ${JSON.stringify(name.name.text)}`;
  if ("text" in name) return `${name.kind} ${JSON.stringify(name.text)}`;
  return `${name.kind} ${Buffer.from("octets" in name ? name.octets : name.encoded).toString("hex")}`;
}
