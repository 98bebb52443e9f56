/** An answer of the ledger that does not come: the caller is told to try again instead of waiting for ever. */
import { LedgerUnavailable } from "@mitome/ca";

const longest = 8_000;

/** The promise's answer, or LedgerUnavailable when it is not there in time; what was asked may still take effect. */
export async function inTime<Answer>(promise: PromiseLike<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LedgerUnavailable("the ledger did not answer in time")), longest);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
