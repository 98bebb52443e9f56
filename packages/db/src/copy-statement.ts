import type pg from "pg";

/** PostgreSQL's COPY as the driver runs a statement: it calls what is here as the server's messages come. */
export abstract class CopyStatement<Result> implements pg.Submittable {
  readonly #text: string;
  readonly #done = Promise.withResolvers<Result>();
  #failed = false;
  /** Set by the driver, which ends its own clock by it. */
  callback: (error?: Error) => void = () => undefined;

  /** @param text the whole statement: COPY takes no parameters */
  constructor(text: string) {
    this.#text = text;
  }

  /** Rejects with the server's refusal, or when the connection is lost. */
  get done(): Promise<Result> {
    return this.#done.promise;
  }

  /** What there is once the server has said that the statement is complete. */
  protected abstract get result(): Result;

  submit(connection: pg.Connection): void {
    connection.query(this.#text);
  }

  handleCommandComplete(): void {
    return;
  }

  handleError(error: Error): void {
    this.#failed = true;
    this.#done.reject(error);
    this.callback(error);
  }

  handleReadyForQuery(): void {
    if (this.#failed) return;
    this.#done.resolve(this.result);
    this.callback();
  }
}
