import { HsmUnavailable } from "./hsm-unavailable.ts";

/** The result of `work`, or HsmUnavailable when it takes longer; the work itself is not stopped. */
export async function withTimeout<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HsmUnavailable("operationTimedOut")), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
