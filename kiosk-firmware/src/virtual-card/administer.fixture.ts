import {
  authenticateMutually,
  type CardOperation,
  type CardTransport,
  exchange,
  planCommands,
  type ResponseApdu,
  requestCardChallenge,
  securedCommand,
  selectJpki,
} from "@mitome/card";
import { CardAuthority } from "@mitome/testkit/card-authority";
import { TEST_CARD_COMPONENTS } from "@mitome/testkit/pcsc";

/** Runs operations on a card in one session as the CA and an agent together would; a password's payload comes with it. */
export async function administer(
  card: CardTransport,
  operations: readonly (CardOperation & { readonly payload?: Uint8Array })[],
): Promise<ResponseApdu[]> {
  await selectJpki(card);
  const challenge = await requestCardChallenge(card);
  const session = new CardAuthority(TEST_CARD_COMPONENTS).openSession("MT00000000000001", challenge);
  const cryptogram = await authenticateMutually(card, session);
  if (cryptogram === null || !session.isCard(cryptogram)) throw new Error("card and CA do not know each other");
  const answers: ResponseApdu[] = [];
  let counter = 1;
  for (const operation of operations) {
    for (const planned of planCommands(operation)) {
      const [mac = new Uint8Array()] = session.macs([planned], counter);
      const payload = planned.payload ?? operation.payload ?? new Uint8Array();
      answers.push(await exchange(card, securedCommand(planned, { counter, payload, mac })));
      counter += 1;
    }
  }
  return answers;
}
