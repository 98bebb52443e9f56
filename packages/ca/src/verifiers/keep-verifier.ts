/** What operators do in the registry of verifiers (千葉県運用規程 1-3-1 (9) to (12), 2-1-2 (32), (33)). */
import type { AuditEvent } from "@mitome/audit";
import { parseCertificate } from "@mitome/x509";
import { certificateFingerprint } from "../equipment-trust.ts";
import { japaneseMonth } from "../japanese-calendar.ts";
import type { Acting } from "../ports.ts";
import { RepositoryUnavailable } from "../publication.ts";
import { type AccessHindrance, hindranceIn } from "./may-use.ts";
import type { ReportDemand } from "./report-demand.ts";
import { parseVerifier } from "./verifier.ts";
import {
  bindNameOf,
  credentialName,
  decideVerifierKey,
  isLiveCredential,
  type VerifierCredential,
  type WithdrawalReason,
} from "./verifier-credential.ts";
import type { VerifierOffice, VerifierOnFile } from "./verifier-office.ts";
import { aboutOf, addFact, type FactRefusal, standingAt, type VerifierFact } from "./verifier-standing.ts";

interface Refusal<Reason extends string> {
  readonly kind: "refused";
  readonly reason: Reason;
}

const refused = <Reason extends string>(reason: Reason): Refusal<Reason> => ({ kind: "refused", reason });

/** Enters a verifier as it notified itself. It has no right by that. */
export async function registerVerifier(
  office: VerifierOffice,
  acting: Acting,
  registration: unknown,
): Promise<
  | { readonly kind: "registered"; readonly verifier: string }
  | { readonly kind: "malformed"; readonly field: string }
  | Refusal<"idTaken">
> {
  const parsed = parseVerifier(registration);
  if (parsed.kind === "malformed") return parsed;
  const { id, kind } = parsed.verifier;
  const event = { kind: "verifier.registered", result: "done", detail: { verifier: id, kind } } as const;
  const outcome = await office.verifiers.register(acting, parsed.verifier, event);
  return outcome === "exists" ? refused("idTaken") : { kind: "registered", verifier: id };
}

/** What a verifier may notify a change of. */
const changeable = ["name", "address", "contacts"] as const;

/**
 * Records a verifier's notification that its name, address or contacts are others. `revision` is the one that the operator
 * saw; who it is stays what it was.
 */
export async function changeRegistration(
  office: VerifierOffice,
  acting: Acting,
  { verifier: id, revision, change }: { verifier: string; revision: number; change: Readonly<Record<string, unknown>> },
): Promise<
  | { readonly kind: "changed" }
  | { readonly kind: "malformed"; readonly field: string }
  | Refusal<"noVerifier" | "changedMeanwhile" | "nothingChanged">
> {
  const file = await office.verifiers.find(id);
  if (file === undefined) return refused("noVerifier");
  if (file.revision !== revision) return refused("changedMeanwhile");
  const { name, address, contacts } = change;
  const parsed = parseVerifier({ ...file.verifier, name, address, contacts });
  if (parsed.kind === "malformed") return parsed;
  const changed = changeable.filter(
    (field) => JSON.stringify(parsed.verifier[field]) !== JSON.stringify(file.verifier[field]),
  );
  if (changed.length === 0) return refused("nothingChanged");
  const detail = { verifier: id, changed: changed.join(" ") };
  const event = { kind: "verifier.registrationChanged", result: "done", detail } as const;
  const outcome = await office.verifiers.changeRegistration(acting, { verifier: parsed.verifier, revision }, event);
  return outcome === "moved" ? refused("changedMeanwhile") : { kind: "changed" };
}

/** A fact that is recorded as of now. */
type WithoutInstant<Fact> = Fact extends unknown ? Omit<Fact, "effectiveAt"> : never;
/** What can be recorded of a verifier. */
export type FactToRecord = WithoutInstant<VerifierFact>;

/** What became of a fact: `directory` says whether the verifier's name there follows already. */
export type FactRecorded = { readonly kind: "recorded"; readonly directory: "follows" | "away" };

/**
 * Records a fact of a verifier as of now. `after` is how many facts there were when the operator decided, unless he
 * did not look; what takes access away takes it from the verifier's name in the directory too.
 */
export async function recordVerifierFact(
  office: VerifierOffice,
  acting: Acting,
  { verifier, after, fact: asked }: { verifier: string; after: number | undefined; fact: FactToRecord },
): Promise<FactRecorded | Refusal<FactRefusal | "noVerifier" | "changedMeanwhile">> {
  const file = await office.verifiers.find(verifier);
  if (file === undefined) return refused("noVerifier");
  const { kind } = file.verifier;
  const fact: VerifierFact = { ...asked, effectiveAt: office.clock.now() };
  const next = addFact(kind, standingAt(kind, file.facts, fact.effectiveAt), fact);
  if (typeof next === "string") return refused(next);
  const quota = fact.kind === "quotaSet" && fact.usesPerMonth !== null ? String(fact.usesPerMonth) : null;
  const detail = { verifier, fact: fact.kind, about: aboutOf(fact) ?? quota };
  const event = { kind: "verifier.factRecorded", result: "done", detail } as const;
  const recorded = { verifier, after: after ?? file.facts.length, fact };
  if ((await office.verifiers.recordFact(acting, recorded, event)) === "moved") return refused("changedMeanwhile");
  const known = { ...file, facts: [...file.facts, fact] };
  const follows = await unlessDirectoryAway(() => keepBind(office, known, () => usedThisMonth(office)));
  return { kind: "recorded", directory: follows === "directoryAway" ? "away" : "follows" };
}

/**
 * Gives a verifier a client certificate for the PKCS #10 request (DER) that it sent. The certificate is in force once
 * the registry names it: one that was signed and not entered is nobody's.
 */
export async function certifyVerifier(
  office: VerifierOffice,
  acting: Acting,
  verifier: string,
  certificationRequest: Uint8Array,
): Promise<
  | { readonly kind: "certified"; readonly credential: VerifierCredential; readonly certificate: Uint8Array }
  | Refusal<"noVerifier" | "requestNotGood" | "keyNotAllowed" | "keySeenBefore" | "notCertified">
> {
  const { verifiers, certify, randomness } = office;
  if ((await verifiers.find(verifier)) === undefined) return refused("noVerifier");
  const decision = decideVerifierKey(certificationRequest);
  if (decision.kind === "refused") return decision;
  if (await verifiers.hasKey(decision.keyHash)) return refused("keySeenBefore");
  const certificate = await certify(acting, verifier, certificationRequest);
  if ("kind" in certificate) return refused("notCertified");
  const { serialNumber: serial, validity } = parseCertificate(certificate);
  const fingerprint = certificateFingerprint(certificate);
  const credential: VerifierCredential = {
    ...{ kind: "clientCertificate", verifierId: verifier, fingerprint, serial, ...validity, withdrawnAt: null },
  };
  const certified = { certificate, keyHash: decision.keyHash };
  const given = { id: randomness.uuid(), credential, certified };
  const outcome = await verifiers.giveCredential(acting, given, credentialGiven(credential));
  return outcome === "keySeenBefore" ? refused(outcome) : { kind: "certified", credential, certificate };
}

function credentialGiven(credential: VerifierCredential): AuditEvent {
  const detail = { verifier: credential.verifierId, credential: credentialName(credential) };
  return { kind: "verifier.credentialGiven", result: "done", detail };
}

/** Gives a verifier that may fetch lists now a name and this password to bind with, in place of any before. */
export async function setBind(
  office: VerifierOffice,
  acting: Acting,
  verifier: string,
  password: string,
): Promise<
  | { readonly kind: "set"; readonly bindName: string }
  | Refusal<AccessHindrance | "noVerifier" | "noDirectory" | "directoryAway">
> {
  const { verifiers, binds, clock, randomness } = office;
  const file = await verifiers.find(verifier);
  if (file === undefined) return refused("noVerifier");
  if (binds === undefined) return refused("noDirectory");
  const hindrance = await hindranceToLists(file, () => usedThisMonth(office), clock.now());
  if (hindrance !== undefined) return refused(hindrance);
  const bindName = bindNameOf({ id: verifier });
  const bind = { kind: "ldapBind", verifierId: verifier, bindName, notBefore: clock.now(), withdrawnAt: null } as const;
  // Recorded first: nobody reads by a name that is in no record.
  const given = { id: randomness.uuid(), credential: bind, certified: undefined };
  await verifiers.giveCredential(acting, given, credentialGiven(bind));
  const set = await unlessDirectoryAway(() => binds.set(bindName, password));
  return set === "directoryAway" ? refused(set) : { kind: "set", bindName };
}

/** Withdraws a living credential, named as `credentialName` does, for ever. */
export async function withdrawCredential(
  office: VerifierOffice,
  acting: Acting,
  { verifier, credential: name, reason }: { verifier: string; credential: string; reason: WithdrawalReason },
): Promise<
  { readonly kind: "withdrawn" } | Refusal<"noVerifier" | "noLivingCredential" | "noDirectory" | "directoryAway">
> {
  const { verifiers, binds, clock } = office;
  const file = await verifiers.find(verifier);
  if (file === undefined) return refused("noVerifier");
  const now = clock.now();
  const credential = file.credentials.find((one) => credentialName(one) === name && isLiveCredential(one, now));
  if (credential === undefined) return refused("noLivingCredential");
  if (credential.kind === "ldapBind") {
    if (binds === undefined) return refused("noDirectory");
    // Ended first: what the record calls withdrawn must not be good any more. The same again is harmless.
    const ended = await unlessDirectoryAway(() => binds.end(credential.bindName));
    if (ended === "directoryAway") return refused(ended);
  }
  const detail = { verifier, credential: name, reason };
  const event = { kind: "verifier.credentialWithdrawn", result: "done", detail } as const;
  const done = await verifiers.withdrawCredential(acting, credential, now, reason, event);
  return done ? { kind: "withdrawn" } : refused("noLivingCredential");
}

/** Records that a verifier was asked for a report on its work (2-1-2(33)); the same demand twice is one. */
export async function demandReport(
  office: VerifierOffice,
  acting: Acting,
  asked: Omit<ReportDemand, "demandedAt" | "answeredAt">,
): Promise<{ readonly kind: "demanded" } | Refusal<"noVerifier" | "dayPassed">> {
  const demandedAt = office.clock.now();
  if (asked.dueAt <= demandedAt) return refused("dayPassed");
  const detail = { demand: asked.id, verifier: asked.verifierId, by: asked.demandedBy };
  const event = { kind: "report.demanded", result: "done", detail } as const;
  const outcome = await office.demands.record(acting, { ...asked, demandedAt }, event);
  return outcome === "noVerifier" ? refused(outcome) : { kind: "demanded" };
}

/** Records that a report arrived now (2-1-6(5), 2-1-7(4)). */
export async function recordReport(
  office: VerifierOffice,
  acting: Acting,
  demand: string,
): Promise<{ readonly kind: "answered" } | Refusal<"noOpenDemand">> {
  const event = { kind: "report.answered", result: "done", detail: { demand } } as const;
  const done = await office.demands.recordAnswer(acting, demand, office.clock.now(), event);
  return done ? { kind: "answered" } : refused("noOpenDemand");
}

/**
 * Lets every verifier's name in the directory read the lists if the verifier may now, and no other: after facts that were
 * recorded while the directory was away, and when a quota is used up. Throws RepositoryUnavailable.
 */
export async function keepBinds(office: VerifierOffice): Promise<void> {
  let reading: Promise<Used> | undefined;
  const used = () => {
    reading ??= usedThisMonth(office);
    return reading;
  };
  for (const file of await office.verifiers.all()) await keepBind(office, file, used);
}

type Used = ReadonlyMap<string, number>;

async function keepBind(
  { binds, clock }: VerifierOffice,
  file: VerifierOnFile,
  used: () => Promise<Used>,
): Promise<void> {
  const now = clock.now();
  const bind = file.credentials.find((one) => one.kind === "ldapBind" && isLiveCredential(one, now));
  if (bind === undefined || binds === undefined) return;
  await binds.permit(credentialName(bind), (await hindranceToLists(file, used, now)) === undefined);
}

/** What was used is read only where a quota hangs on it: what else takes access away waits for no counting. */
async function hindranceToLists(
  { verifier, facts }: VerifierOnFile,
  used: () => Promise<Used>,
  now: Date,
): Promise<AccessHindrance | undefined> {
  const standing = standingAt(verifier.kind, facts, now);
  const hindrance = hindranceIn(standing, { right: "crl", usedThisMonth: 0 });
  if (hindrance !== undefined || standing.stage !== "agreed" || standing.usesPerMonth === null) return hindrance;
  return hindranceIn(standing, { right: "crl", usedThisMonth: (await used()).get(verifier.id) ?? 0 });
}

/** How much each verifier has used in the present month of Japan. */
async function usedThisMonth({ usesIn, clock }: VerifierOffice): Promise<Used> {
  const used = new Map<string, number>();
  for (const { verifierId, count } of (await usesIn?.(japaneseMonth(clock.now()))) ?? [])
    used.set(verifierId, (used.get(verifierId) ?? 0) + count);
  return used;
}

async function unlessDirectoryAway(act: () => Promise<void>): Promise<"done" | "directoryAway"> {
  try {
    await act();
    return "done";
  } catch (error) {
    if (error instanceof RepositoryUnavailable) return "directoryAway";
    throw error;
  }
}
