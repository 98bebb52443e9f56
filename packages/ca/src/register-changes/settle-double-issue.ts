/** 千葉県運用規程 4-2-3: of one person's certificates all but the oldest are revoked at once. */
import { extensionOids, parseCertificate, parseGeneralNames, type SerialNumber } from "@mitome/x509";
import type { Acting } from "../ports.ts";
import { itemsOf } from "../profiles/subscriber.ts";
import type { CertificateStanding } from "../revocation/decide-revocation.ts";
import { type RevocationAnswer, type RevokingAuthority, revokeByAuthority } from "../revocation/revoke-certificate.ts";
import { decideDoubleIssue } from "./decide-double-issue.ts";

/** What became of a double issue; the same serial numbers again get the same answer. */
export type DoubleIssueAnswer =
  | { readonly kind: "settled"; readonly revoked: readonly SerialNumber[] }
  | { readonly kind: "refused"; readonly reason: "fewerThanTwo" | "differentPeople" }
  | {
      readonly kind: "refused";
      readonly reason: "noSubscribersCertificate" | "oldestNotValid" | Refusal["reason"];
      readonly serial: SerialNumber;
    };

type Refusal = Extract<RevocationAnswer, { kind: "refused" }>;

interface Held {
  readonly serial: SerialNumber;
  readonly notBefore: Date;
  readonly state: CertificateStanding["state"];
  /** Birth date and sex as certified. They tell a wrong number: name and address may be written in several ways. */
  readonly person: string;
}

/** Settles it in the governor's name; what stops it midway leaves the rest to be asked again. Throws LedgerUnavailable. */
export async function settleDoubleIssue(
  authority: RevokingAuthority,
  acting: Acting,
  serials: readonly SerialNumber[],
): Promise<DoubleIssueAnswer> {
  const certificates: Held[] = [];
  for (const serial of new Set(serials)) {
    const held = await readHeld(authority, serial);
    if (held === undefined) return { kind: "refused", reason: "noSubscribersCertificate", serial };
    certificates.push(held);
  }
  if (certificates.length < 2) return { kind: "refused", reason: "fewerThanTwo" };
  if (new Set(certificates.map(({ person }) => person)).size > 1) return { kind: "refused", reason: "differentPeople" };
  const revocations = decideDoubleIssue(certificates);
  const newer = new Set(revocations.map(({ serial }) => serial));
  for (const { serial, state } of certificates) {
    if (!newer.has(serial) && state !== "valid") return { kind: "refused", reason: "oldestNotValid", serial };
  }
  for (const { serial, cause } of revocations) {
    const answer = await revokeByAuthority(authority, acting, { serial, cause }, "governor");
    if (answer.kind === "refused" && answer.reason !== "alreadyRevoked")
      return { kind: "refused", reason: answer.reason, serial };
  }
  return { kind: "settled", revoked: [...newer] };
}

async function readHeld(
  { definition, ledger, revocations }: RevokingAuthority,
  serial: SerialNumber,
): Promise<Held | undefined> {
  const standing = await revocations.standing(definition.id, serial);
  const stored = await ledger.readCertificate(definition.id, serial);
  if (standing === undefined || stored === undefined) return undefined;
  const { extensions } = parseCertificate(stored.certificate);
  const names = extensions.find(({ oid }) => oid === extensionOids.subjectAltName);
  const items = names && itemsOf(parseGeneralNames(names.value));
  if (items === undefined) return undefined;
  const person = `${items.dateOfBirth} ${items.gender}`;
  return { serial, notBefore: stored.notBefore, state: standing.state, person };
}
