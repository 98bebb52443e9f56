/** Acts of one name of which each is done with what those before it left; they wait within this process alone. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the act once every earlier one of this name has ended, however it ended. */
  async run<T>(name: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(act, act);
    this.#last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}
