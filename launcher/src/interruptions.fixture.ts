import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { ClerkView } from "@mitome/ra";
import type { CardHand } from "./card-hand.fixture.ts";
import type { Applicant, InterruptedCounter } from "./interrupted-counter.fixture.ts";
import type { Pull } from "./kill-points.fixture.ts";
import type { RunningProcess } from "./processes.ts";
import { writeConfig } from "./programs.ts";
import type { Stack } from "./stack.ts";

/**
 * Interrupts one issuance at one point after the other. It yields the point that it is ready for; asked for the next one,
 * it waits until that point was struck, and mends what was interrupted.
 */
export type Interruptions = AsyncGenerator<string, void, void>;

/** A program of the stack dies by its own hand (SIGKILL) at each point, and is started again. */
export async function* killed(stack: Stack, name: string, points: readonly string[]): Interruptions {
  for (const point of points) {
    const doomed = await restart(stack, name, { crashAt: point });
    yield point;
    const how = await doomed.ended;
    if (how !== "SIGKILL") throw new Error(`${name} ended at ${point} by ${how}`);
  }
  await restart(stack, name);
}

/** PostgreSQL is killed and started again while a program stands at each point; then the program goes on. */
export async function* databaseKilled(stack: Stack, name: string, points: readonly string[]): Interruptions {
  const { pid } = await restart(stack, name, { pausesAt: points });
  for (const point of points) {
    yield point;
    await standingStill(pid);
    await stack.authority.cluster.crash();
    process.kill(pid, "SIGCONT");
  }
  await restart(stack, name);
}

/** The card is pulled at each point, and put in again once the clerk's screen shows that it is away. */
export async function* pulled(
  hand: CardHand,
  card: string,
  points: readonly Pull[],
  seenAway: () => Promise<void>,
): Interruptions {
  for (const point of points) {
    const { pulled: happened } = await hand.pullAt(point);
    yield `${point.command} ${point.nth}:${point.when}`;
    await happened;
    await seenAway();
    await hand.insert(card);
  }
}

/** Whom a hand or a power cut can take away while people act. */
export const strikes = ["kiosk", "authority", "signer", "cards-signer", "agent", "PostgreSQL", "the card"] as const;

/**
 * Strikes once at each screen, when it is first seen and before anybody acts there: always the same, or each in turn.
 * What was struck is mended before people go on.
 */
export function atScreens(
  counter: InterruptedCounter,
  applicant: Applicant,
  screens: readonly ClerkView["screen"][],
  turn: (typeof strikes)[number] | "each in turn",
) {
  const struck: ClerkView["screen"][] = [];
  const { stack, hand } = counter;
  const strike = async ({ screen }: ClerkView): Promise<void> => {
    if (!screens.includes(screen) || struck.includes(screen)) return;
    const next = turn === "each in turn" ? (strikes[struck.length % strikes.length] ?? "kiosk") : turn;
    struck.push(screen);
    counter.points += 1;
    if (next === "PostgreSQL") return stack.authority.cluster.crash();
    if (next !== "the card") return void (await restart(stack, next));
    await hand.remove();
    await counter.cardSeenAway();
    await hand.insert(counter.cardFile(applicant));
  };
  return { strike, struck: (): readonly string[] => struck };
}

/** Ends a program, if it still runs, and starts it as at first with these changes of its configuration. */
async function restart(stack: Stack, name: string, changes: object = {}): Promise<RunningProcess> {
  const { place, processes } = stack;
  await processes.stop(name, "SIGKILL");
  const program = processes.programOf(name);
  const [config = ""] = program.args.slice(-1);
  const changed = { ...JSON.parse(await readFile(config, "utf8")), ...changes };
  const file = await writeConfig(place, `${name}.interrupted`, changed);
  return processes.start({ ...program, args: [...program.args.slice(0, -1), file] });
}

/** Resolves once the process was stopped by SIGSTOP (`T` in /proc). */
async function standingStill(pid: number): Promise<void> {
  for (;;) {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("T")) return;
    await pause(10);
  }
}
