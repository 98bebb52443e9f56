import { cp } from "node:fs/promises";
import { join } from "node:path";
import { type ClerkAction, type ClerkView, type ResidentAction, type ResidentView, stations } from "@mitome/ra";
import { PKCS11_SPY_MODULE, pkcs11SpyEnvironment } from "@mitome/testkit/softhsm";
import { CardHand } from "./card-hand.fixture.ts";
import { clerkMove, playIssuance, ScreenHands, type Visitor } from "./counter-hands.ts";
import { cardFile, cardNumbers, handSocket } from "./counter-side.ts";
import type { Interruptions } from "./interruptions.fixture.ts";
import { Accounts } from "./issuance-accounts.fixture.ts";
import { makePlace, type StackPlace } from "./place.ts";
import { root } from "./places.ts";
import { type Stack, startStack } from "./stack.ts";
import { visitors } from "./visitors.fixture.ts";

/** Who comes to the counter, with which blank card. */
export interface Applicant {
  readonly visitor: Visitor;
  readonly cardNumber: string;
}

/** A case that came to its end, and the stations at which it went back. */
export interface PlayedCase {
  readonly view: Extract<ClerkView, { screen: "ended" }>;
  readonly stepsBack: readonly string[];
}

export interface PlayOptions {
  readonly interruptions?: Interruptions;
  /** What the clerk does; issues when nothing else is said. */
  readonly move?: typeof clerkMove;
  /** Looks at each view before people act on it. */
  readonly meanwhile?: (view: ClerkView) => Promise<void>;
}

const RESIDENTS = 4_000;
/** A case interrupted at every moment of every point, on a busy machine. */
const WITHIN_MS = process.env.MITOME_FULL === "1" ? 400_000 : 150_000;

const MENDED_WITHIN_MS = 20_000;

/** The whole stack, with two people at the counter who go on with their case whatever happens around them. */
export class InterruptedCounter {
  readonly stack: Stack;
  readonly accounts: Accounts;
  readonly hand: CardHand;
  readonly spyRecord: string;
  readonly journal: string;
  /** Points at which something was interrupted so far. */
  points = 0;
  readonly #place: StackPlace;
  readonly #clerk: ScreenHands<ClerkView, ClerkAction>;
  readonly #resident: ScreenHands<ResidentView, ResidentAction>;
  readonly #visitors = visitors(RESIDENTS);
  readonly #blankCards: string[];
  #stopped = false;

  private constructor(place: StackPlace, stack: Stack, hand: CardHand, cards: string[]) {
    this.stack = stack;
    this.hand = hand;
    this.accounts = new Accounts(stack);
    this.spyRecord = spyRecordOf(place);
    this.journal = place.state("signer.journal");
    this.#place = place;
    this.#clerk = new ScreenHands(stack.kioskUrl, "clerk");
    this.#resident = new ScreenHands(stack.kioskUrl, "resident");
    this.#blankCards = cards;
  }

  /** Starts everything, the signer's calls recorded at the PKCS#11 border by OpenSC, and has the clerk log in. */
  static async open(cards: number): Promise<InterruptedCounter> {
    const place = await makePlace();
    const recorder = { module: PKCS11_SPY_MODULE, env: pkcs11SpyEnvironment(spyRecordOf(place)) };
    const stack = await startStack(place, { ports: "free", residents: RESIDENTS, pages: false, cards, recorder });
    const hand = await CardHand.at(handSocket(place));
    const counter = new InterruptedCounter(place, stack, hand, cardNumbers(cards));
    await counter.#logIn();
    return counter;
  }

  async #logIn(): Promise<void> {
    const { clerks, screens } = this.stack.access;
    for (const { kind, code } of screens) await (kind === "clerk" ? this.#clerk : this.#resident).enrol(code);
    const [{ account, firstPassword } = { account: "", firstPassword: null }] = clerks;
    await this.#clerk.call("session.login", { account, password: firstPassword });
    await this.#clerk.call("session.changePassword", { current: firstPassword, next: "kaeta-himitsu-2026" });
    this.#clerk.follow();
    this.#resident.follow();
  }

  /** A resident who never came before, with a card that nothing was written to. */
  applicant(): Applicant {
    const cardNumber = this.#blankCards.shift();
    if (cardNumber === undefined) throw new Error("no more blank cards");
    return { visitor: this.#visitors.next().value, cardNumber };
  }

  cardFile(applicant: Applicant): string {
    return cardFile(this.#place, applicant.cardNumber);
  }

  /** Resolves when the clerk's screen shows that no card lies on the reader. */
  async cardSeenAway(): Promise<void> {
    for (;;) {
      const { view } = this.#clerk;
      if (view !== undefined && "custody" in view && !view.custody.onReader) return;
      await this.#clerk.changed;
    }
  }

  /**
   * Plays one case from the card on the reader to the next person, interrupted at every point of `interruptions`; fails
   * when a point was not reached before the case was over.
   */
  async play(
    applicant: Applicant,
    { interruptions, move = clerkMove, meanwhile = async () => {} }: PlayOptions,
  ): Promise<PlayedCase> {
    // A case that stopped midway would be taken for the next one's.
    if (this.#stopped) throw new Error("an earlier case stopped midway");
    this.#stopped = true;
    await this.hand.remove();
    let cardGiven = false;
    let point = (await interruptions?.next())?.value;
    const stepsBack: string[] = [];
    let seen: ClerkView | undefined;
    const playing = playIssuance(
      { clerk: this.#clerk, resident: this.#resident },
      applicant.visitor,
      async (view) => {
        stepsBack.push(...stepBack(seen, view));
        seen = view;
        // The clerk lays the card on the reader when the screen asks for it and shows that the last one is away.
        if (view.screen === "placeCard" && !view.custody.onReader && !cardGiven) {
          cardGiven = true;
          await this.hand.insert(this.cardFile(applicant));
        }
        await meanwhile(view);
        return view.screen === "ended";
      },
      WITHIN_MS,
      move,
    );
    const over = playing.then(
      () => "over" as const,
      async (problem: unknown) => {
        const kept = join(root, ".mitome/stopped-kill-test");
        await cp(this.#place.state("log"), kept, { recursive: true, force: true });
        throw new Error(`${point}: ${problem instanceof Error ? problem.message : ""}; the programs' logs: ${kept}`);
      },
    );
    while (point !== undefined && interruptions !== undefined) {
      const striking = interruptions.next();
      // A case may be over while what was struck last is still being mended.
      if ((await Promise.race([striking, over])) === "over") await Promise.race([striking, notReached(point)]);
      this.points += 1;
      point = (await striking).value ?? undefined;
    }
    await over;
    const view = await playing;
    if (view.screen !== "ended") throw new Error(view.screen);
    await this.#nextPerson();
    this.#stopped = false;
    return { view, stepsBack };
  }

  async #nextPerson(): Promise<void> {
    const cleared = AbortSignal.timeout(20_000);
    while (this.#clerk.view?.screen !== "menu") {
      if (cleared.aborted) throw new Error(`the clerk's screen stands at ${this.#clerk.view?.screen}`);
      const changed = Promise.race([this.#clerk.changed, new Promise((resolve) => setTimeout(resolve, 200))]);
      await this.#clerk.act({ type: "nextPerson" }).catch(() => undefined);
      await changed;
    }
  }

  async close(): Promise<void> {
    this.#clerk.close();
    this.#resident.close();
    this.hand.close();
    await this.stack.stop();
    await this.#place.clear();
  }
}

/** That the screens went back, for example `key → password`. */
function stepBack(before: ClerkView | undefined, now: ClerkView): readonly string[] {
  if (before === undefined || !("station" in before) || !("station" in now) || before.caseId !== now.caseId) return [];
  const back = stations.indexOf(now.station) < stations.indexOf(before.station);
  return back ? [`${before.station} → ${now.station}`] : [];
}

async function notReached(point: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, MENDED_WITHIN_MS).unref());
  throw new Error(`the case was over before it came to ${point}`);
}

function spyRecordOf(place: StackPlace): string {
  return join(place.stateDir, "pkcs11-spy.log");
}
