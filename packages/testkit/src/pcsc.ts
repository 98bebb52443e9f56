import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = (path: string): string =>
  fileURLToPath(new URL(`../../../kiosk-firmware/src/${path}`, import.meta.url));

/** One virtual reader of a {@link PcscStack}. */
export interface VirtualReader {
  readonly name: string;
  /** Unix socket on which the reader's driver waits for a card. */
  readonly cardSocket: string;
}

/** A pcscd of our own with virtual readers, in a directory of its own. */
export interface PcscStack {
  /** For PCSCLITE_CSOCK_NAME. */
  readonly pcscSocket: string;
  readonly readers: readonly VirtualReader[];
  /** Short directory for whatever else the test needs; deleted by `stop`. */
  readonly directory: string;
  /** Process id of pcscd. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** What the hand at a reader can be asked to do; see kiosk-firmware/src/virtual-card/main.ts. */
export type HandOrder =
  | { readonly do: "insert"; readonly card: string }
  | { readonly do: "remove" | "unplug" }
  | { readonly do: "pullAt"; readonly command: string; readonly when: "before" | "after"; readonly nth?: number }
  | { readonly do: "typeAtPad"; readonly entry: string | null };

/** The process that holds a card in a reader. */
export interface CardHand {
  obey(order: HandOrder): Promise<void>;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a pcscd with readers "Mitome Reader 0", 1, … Needs pcscd, gcc and libpcsclite-dev. */
export async function startPcsc(options: { readers?: number; pinPads?: readonly number[] } = {}): Promise<PcscStack> {
  const directory = mkdtempSync(join(tmpdir(), "pcsc-"));
  const readers = Array.from({ length: options.readers ?? 1 }, (_, index) => ({
    name: `Mitome Reader ${index}`,
    pinPad: options.pinPads?.includes(index) ?? false,
  }));
  const { child, ready } = await startProgram("virtual-reader/main.ts", { runDir: join(directory, "run"), readers });
  const { pcscSocket, readers: started, pid } = ready as unknown as PcscStack;
  const stop = async (): Promise<void> => {
    await stopProgram(child);
    rmSync(directory, { recursive: true, force: true });
  };
  return { pcscSocket, readers: started, directory, pid, stop };
}

let hands = 0;

/** Starts the hand at a reader, with a card in it if one is given (path of a file of the card maker). */
export async function startCardHand(stack: PcscStack, reader: VirtualReader, card?: string): Promise<CardHand> {
  const controlSocket = join(stack.directory, `hand${hands++}`);
  const config = { cardSocket: reader.cardSocket, controlSocket, ...(card === undefined ? {} : { card }) };
  const { child } = await startProgram("virtual-card/main.ts", config);
  return {
    pid: child.pid ?? 0,
    obey: (order) => giveOrder(controlSocket, order),
    stop: () => stopProgram(child),
  };
}

/** Orders given to any virtual card process by its control socket. Throws with its words when it cannot obey. */
export async function giveOrder(controlSocket: string, order: HandOrder): Promise<void> {
  const socket = connect(controlSocket);
  socket.write(`${JSON.stringify(order)}\n`);
  const [line] = (await once(createInterface({ input: socket }), "line")) as [string];
  socket.destroy();
  if (line !== '{"ok":true}') throw new Error(line);
}

/** What {@link makeTestCards} may vary. */
export interface TestCards {
  readonly cardNumbers: readonly string[];
  /** The custodians' components, base64 of 32 bytes each. */
  readonly components?: readonly [string, string];
  readonly historical?: boolean;
  readonly passwordRule?: { readonly minimum: number; readonly maximum: number };
}

/** Components of the card master key that tests use when they need none of their own. */
export const TEST_CARD_COMPONENTS = [
  Buffer.alloc(32, 0x11).toString("base64"),
  Buffer.alloc(32, 0x47).toString("base64"),
] as const;

/** Personalises blank cards into `directory`; returns their files in order. */
export function makeTestCards(directory: string, cards: TestCards): string[] {
  const config = join(mkdtempSync(join(tmpdir(), "cards-")), "config.json");
  writeFileSync(config, JSON.stringify({ components: TEST_CARD_COMPONENTS, ...cards, directory }));
  const output = execFileSync(process.execPath, [program("card-maker.ts"), config], { encoding: "utf8" });
  rmSync(join(config, ".."), { recursive: true });
  return (JSON.parse(output) as { cards: { card: string }[] }).cards.map(({ card }) => card);
}

async function startProgram(path: string, config: object): Promise<{ child: ChildProcess; ready: object }> {
  const directory = mkdtempSync(join(tmpdir(), "config-"));
  const file = join(directory, "config.json");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [program(path), file], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(() => {
    throw new Error(`${path} ended before it was ready`);
  });
  ended.catch(() => undefined);
  try {
    const line = once(createInterface({ input: child.stdout }), "line") as Promise<[string]>;
    const [ready] = await Promise.race([line, ended]);
    return { child, ready: JSON.parse(ready) as object };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}
