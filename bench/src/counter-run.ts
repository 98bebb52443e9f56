import { setTimeout as pause } from "node:timers/promises";
import { isInRepertoire, parseDateOfBirth, toWareki } from "@mitome/characters";
import { giveOrder } from "@mitome/testkit/pcsc";
import { syntheticResidents } from "@mitome/testkit/residents";
import {
  type Applicant,
  type BrowserCounter,
  handOver,
  issue,
  logIn,
  makeKey,
  nextPerson,
  openCounter,
  proveIdentity,
} from "../../launcher/src/browser-counter.ts";
import { cardNumbers, MUNICIPALITY, samplePassword } from "../../launcher/src/counter-side.ts";
import { makePlace, type StackPlace } from "../../launcher/src/place.ts";
import { startStack } from "../../launcher/src/stack.ts";

const RESIDENTS = 5_000;
/** Milliseconds that a person takes anyway between taking one card away, laying down the next and the first key. */
const SEEN_WITHIN = 1_000;

/** One counter at work on a stack of its own: people come, one after another, each with a new card. */
export interface CounterRun {
  readonly counter: BrowserCounter;
  /** Serves one person from the first screen to the last; answers how long 発行 took, in milliseconds. */
  serve(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts everything (the same programs as the demonstration, on free ports) for up to `people` people. */
export async function startCounterRun(people: number): Promise<CounterRun> {
  const place = await makePlace();
  const ends = [() => place.clear()];
  const stop = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const options = { ports: "free", residents: RESIDENTS, pages: true, cards: people } as const;
    const stack = await startStack(place, options);
    ends.push(() => stack.stop());
    const counter = await openCounter(stack.kioskUrl, stack.access);
    ends.push(() => counter.close());
    await logIn(counter, stack.access);
    return { counter, stop, serve: server(place, counter, people) };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** Serves the next person at each call. */
function server(place: StackPlace, counter: BrowserCounter, people: number): () => Promise<number> {
  const applicants = plainApplicants();
  const cards = cardNumbers(people)[Symbol.iterator]();
  return async () => {
    const [applicant, card] = [applicants.next().value, cards.next().value];
    if (applicant === undefined || card === undefined) throw new RangeError("no more people or cards");
    const controlSocket = place.socket("card-control");
    await giveOrder(controlSocket, { do: "remove" });
    await pause(SEEN_WITHIN);
    await giveOrder(controlSocket, { do: "insert", card: place.state("cards", `${card}.json`) });
    await pause(SEEN_WITHIN);
    await proveIdentity(counter, applicant);
    await makeKey(counter, applicant);
    const start = performance.now();
    await issue(counter);
    const taken = performance.now() - start;
    await handOver(counter);
    await nextPerson(counter);
    return taken;
  };
}

/** Adults of the counter's municipality whom the search finds alone and whose certificate needs no substitute character. */
function* plainApplicants(): Generator<Applicant, void> {
  const found = new Map<string, Applicant[]>();
  for (const resident of syntheticResidents({ count: RESIDENTS })) {
    const { municipality, name, nameKana, address, dateOfBirth, alias } = resident;
    const birth = parseDateOfBirth(dateOfBirth);
    if (municipality !== MUNICIPALITY || alias !== null || !isInRepertoire(name + address)) continue;
    if (birth?.era === undefined || birth.year === undefined || birth.month === undefined || birth.day === undefined)
      continue;
    if (birth.year > 2005) continue;
    const typed = typedDate({ year: birth.year, month: birth.month, day: birth.day });
    const applicant = { dateOfBirth: typed, kana: nameKana.replaceAll("　", ""), password: samplePassword() };
    const key = `${typed} ${applicant.kana}`;
    found.set(key, [...(found.get(key) ?? []), applicant]);
  }
  for (const [first, ...others] of found.values()) if (first !== undefined && others.length === 0) yield first;
}

/** As a clerk types a birth date: `S390107`. */
function typedDate(date: { year: number; month: number; day: number }): string {
  const wareki = toWareki(date);
  const letters = { 明治: "M", 大正: "T", 昭和: "S", 平成: "H", 令和: "R" } as const;
  if (wareki === undefined) throw new RangeError("before 1873");
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${letters[wareki.era]}${two(wareki.eraYear)}${two(date.month)}${two(date.day)}`;
}
