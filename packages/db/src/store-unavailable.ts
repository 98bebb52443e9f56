import { DrizzleQueryError } from "drizzle-orm/errors";

/**
 * The database cannot answer now; trying again is safe. Carries the SQLSTATE or the driver's code alone (`unanswered`
 * where the driver has none): a driver's own error holds the statement's parameters, which are names and addresses.
 */
export class StoreUnavailable extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`the database does not answer (${code})`);
    this.name = "StoreUnavailable";
    this.code = code;
  }
}

/** Runs a database call; every error of driver or server leaves as {@link StoreUnavailable}. */
export async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // The wrapper of drizzle has the parameters in its message.
    throw error instanceof DrizzleQueryError ? unavailable(error.cause) : error;
  }
}

/** What may be said of an error of driver or server. */
export function unavailable(error: unknown): StoreUnavailable {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unanswered";
  return new StoreUnavailable(code);
}
