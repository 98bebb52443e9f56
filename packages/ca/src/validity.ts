import type { Validity } from "@mitome/x509";

const jstOffset = 9 * 3600_000;
const day = 86_400_000;

/** The instant without its fraction of a second: certificates have whole seconds (RFC 5280 §4.1.2.5). */
export function wholeSecond(instant: Date): Date {
  const isWhole = instant.getTime() % 1000 === 0;
  return isWhole ? instant : new Date(Math.floor(instant.getTime() / 1000) * 1000);
}

/** Whether a certificate has ended: every instant of its last second still belongs to it (RFC 5280 §4.1.2.5). */
export function hasEnded(notAfter: Date, at: Date): boolean {
  return at.getTime() >= notAfter.getTime() + 1_000;
}

/**
 * The last second of a period of whole years counted from (起算) the day, in Japan, on which `start` falls.
 *
 * 民法 140 and 143: counting from a day makes it the first of the period; the period ends with the day before the one that
 * corresponds to it in the last year, or with the last day of the month when there is no such day (29 February).
 */
export function lastSecondOfYears(start: Date, years: number): Date {
  const first = new Date(start.getTime() + jstOffset);
  const corresponding = Date.UTC(first.getUTCFullYear() + years, first.getUTCMonth(), first.getUTCDate());
  // Where 29 February does not exist, Date.UTC goes on to 1 March, and the day before is the last of the month.
  return new Date(corresponding - jstOffset - 1000);
}

/** How long before the issue a subscriber's key may have been made: a case may wait for a line or a weekend, no longer. */
export const maximumKeyAge = 7 * day;

/** How far the municipality's clock may be ahead of ours. */
export const maximumClockSkew = 300_000;

/**
 * A subscriber certificate's period: from the issue to the end of three years counted from the issue day
 * (千葉県運用規程 1-3-2, 7-1-1), never past three years counted from the day the key was made (6-3-2).
 */
export function subscriberValidity(issuedAt: Date, keyGeneratedAt: Date): Validity {
  const counted = Math.min(issuedAt.getTime(), keyGeneratedAt.getTime());
  return { notBefore: wholeSecond(issuedAt), notAfter: lastSecondOfYears(new Date(counted), 3) };
}

/** A self-signed certificate's period: ten years counted from the issue day (千葉県運用規程 6-3-1-2, 7-1-3). */
export function selfSignedValidity(issuedAt: Date): Validity {
  return { notBefore: wholeSecond(issuedAt), notAfter: lastSecondOfYears(issuedAt, 10) };
}

/** The period of a machine's certificate, and of an OCSP responder's (千葉県運用規程 1-3-2): one year from the issue day. */
export function oneYearValidity(issuedAt: Date): Validity {
  return { notBefore: wholeSecond(issuedAt), notAfter: lastSecondOfYears(issuedAt, 1) };
}
