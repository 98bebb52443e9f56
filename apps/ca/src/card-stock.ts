/** Receives cards into a municipality's stock: `card-stock.ts <config.json> <municipality> <card number,…>`. */
import { CannotDo, runScript } from "./operator-script.ts";

await runScript("card-stock", ["<municipality>", "<number,…>"], async (desk, municipality = "", numbers = "") => {
  const { authority } = desk.configuration;
  const wrong = numbers.split(",").find((number) => !/^[0-9A-Z]{16}$/.test(number));
  if (wrong !== undefined) throw new CannotDo(`not a card number: ${wrong}`);
  let received = 0;
  for (const cardNumber of numbers.split(",")) {
    const event = { kind: "card.received", result: "done", detail: { municipality, card: cardNumber } } as const;
    if (await desk.operators.receiveCard(desk.acting, { cardNumber, authority, municipality }, event)) received += 1;
  }
  return { municipality, received };
});
