import { isInRepertoire } from "@mitome/characters";
import { type SyntheticResident, syntheticResidents } from "@mitome/testkit/residents";
import type { Visitor } from "./counter-hands.ts";
import { MUNICIPALITY, samplePassword } from "./counter-side.ts";

/** Residents of the counter's municipality to whom nothing stands in the way, each found by birth date and reading alone. */
export function* visitors(residents: number): Generator<Visitor, never> {
  const register = [...syntheticResidents({ count: residents })];
  const sought = ({ dateOfBirth, nameKana }: SyntheticResident): string => `${dateOfBirth} ${nameKana}`;
  const found = Map.groupBy(register, sought);
  for (const resident of register) {
    const { municipality, name, alias, dateOfBirth, nameKana } = resident;
    const plain = municipality === MUNICIPALITY && alias === null && isInRepertoire(name) && isKnownDay(dateOfBirth);
    if (!plain || found.get(sought(resident))?.length !== 1) continue;
    yield { dateOfBirth, kana: nameKana, password: samplePassword() };
  }
  throw new Error("no more residents: start the stack with a larger register");
}

// E = 0 is a foreign resident's, and zeros stand for what is not known.
function isKnownDay(dateOfBirth: string): boolean {
  return !dateOfBirth.startsWith("0") && !dateOfBirth.endsWith("00");
}
