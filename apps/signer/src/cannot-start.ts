/** Said to the person at the terminal in one sentence, with nothing begun: a signer, or a ceremony, does not start. */
export class CannotStart extends Error {
  override readonly name: string = "CannotStart";
}
