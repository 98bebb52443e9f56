/** A set of ReasonFlags (RFC 5280 §4.2.1.13): bit n for the flag at position n. */
export type ReasonMask = number;

/** RFC 5280 §6.3.2 (a): every reason, that is positions 1 (keyCompromise) to 8 (aACompromise); position 0 is not used. */
export const allReasons: ReasonMask = 0b1_1111_1110;

/** The mask of these positions; all reasons where none are given. */
export function reasonMask(positions: readonly number[] | undefined): ReasonMask {
  if (positions === undefined) return allReasons;
  return positions.reduce((mask, position) => mask | (1 << position), 0) & allReasons;
}
