/**
 * How many changes of one resident's record may have passed us by. A version counts them, so one that is further ahead of
 * what is known is a mistake: taken, it would refuse the person every certificate until the register reached it, and a
 * certificate issued from it would outlive every change that is reported.
 */
const mostChangesUnheardOf = 1_000;

/** Whether a record cannot have got so far; `known` is the newest version heard of, `undefined` when none was. */
export function isFarAhead(version: number, known: number | undefined): boolean {
  return version - (known ?? 0) > mostChangesUnheardOf;
}
