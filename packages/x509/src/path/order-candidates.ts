import type { PathCertificate } from "./path-certificate.ts";
import { hashedKeyIdentifier } from "./public-key.ts";

/**
 * Certificates that may have issued `certificate`, the likeliest first (RFC 4158 §3.5): by key identifier, then valid ones
 * before others, those of another issuer before self-issued ones, and longer validity. The order of the input does not matter.
 */
export function orderCandidates(
  certificate: PathCertificate,
  candidates: readonly PathCertificate[],
  time: Date,
): readonly PathCertificate[] {
  if (candidates.length < 2) return candidates;
  const ranked = candidates.map((candidate) => ({ candidate, rank: rank(certificate, candidate, time) }));
  ranked.sort(
    (one, other) =>
      one.rank - other.rank ||
      other.candidate.validity.notAfter.getTime() - one.candidate.validity.notAfter.getTime() ||
      (one.candidate.fingerprint < other.candidate.fingerprint ? -1 : 1),
  );
  return ranked.map(({ candidate }) => candidate);
}

function rank(certificate: PathCertificate, candidate: PathCertificate, time: Date): number {
  const { notBefore, notAfter } = candidate.validity;
  const isValid = notBefore <= time && time <= notAfter;
  return 4 * keyRank(certificate, candidate) + (isValid ? 0 : 2) + (candidate.isSelfIssued ? 1 : 0);
}

/** 0: the key identifiers say that it is this key; 1: they say nothing; 2: they say that it is another. */
function keyRank({ extensions }: PathCertificate, candidate: PathCertificate): 0 | 1 | 2 {
  const wanted = extensions.authorityKeyIdentifier?.keyIdentifier;
  if (wanted === undefined) return 1;
  const { subjectKeyIdentifier } = candidate.extensions;
  const held =
    subjectKeyIdentifier === undefined
      ? hashedKeyIdentifier(candidate.publicKey)
      : Buffer.from(subjectKeyIdentifier).toString("hex");
  return Buffer.from(wanted).toString("hex") === held ? 0 : 2;
}
