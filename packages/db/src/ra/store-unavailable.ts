import postgres from "postgres";

/**
 * The database cannot answer now; trying again is safe. Carries the SQLSTATE or the driver's code alone: a driver's own
 * error holds the statement's parameters, which are names and addresses.
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
    if (error instanceof StoreUnavailable) throw error;
    if (error instanceof postgres.PostgresError) throw new StoreUnavailable(error.code);
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
    if (code !== null) throw new StoreUnavailable(code);
    throw error;
  }
}
