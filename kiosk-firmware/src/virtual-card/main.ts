import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { z } from "zod";
import { FileCardStore } from "./card-memory.ts";
import { Slot } from "./slot.ts";
import { PowerLost, VirtualCard } from "./virtual-card.ts";

// node kiosk-firmware/src/virtual-card/main.ts <config.json>
// The hand at one virtual reader: holds cards in, pulls them, types at the pad.

const commandName = z.enum([
  "select",
  "verify",
  "changeReferenceData",
  "performSecurityOperation",
  "readBinary",
  "getChallenge",
  "getData",
  "mutualAuthenticate",
  "generateKeyPair",
  "resetRetryCounter",
  "updateBinary",
  "eraseSignatureApplication",
]);

/** What the hand can be asked to do, one JSON object a line on the control socket; each is answered `{"ok":true}`. */
const order = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("insert"), card: z.string() }),
  z.strictObject({ do: z.literal("remove") }),
  z.strictObject({ do: z.literal("unplug") }),
  /** Pulls the card when the n-th such command from now comes: before it takes effect, or after, before its answer. Then says `{"pulled":true}`. */
  z.strictObject({
    do: z.literal("pullAt"),
    command: commandName,
    when: z.enum(["before", "after"]),
    nth: z.int().min(1).default(1),
  }),
  z.strictObject({ do: z.literal("typeAtPad"), entry: z.string().nullable() }),
]);

const config = z
  .strictObject({
    /** Unix socket of the reader. */
    cardSocket: z.string(),
    /** Unix socket to listen on for orders; absent: none. */
    controlSocket: z.string().optional(),
    /** File of the card that is in the reader at the start; absent: the reader is empty. */
    card: z.string().optional(),
  })
  .parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));

let padEntry: string | null = null;
let pull: { command: string; when: string; nth: number; pulled: () => void } | null = null;
const slot = new Slot(config.cardSocket, () => padEntry);

const hook = (command: string, when: "before" | "after"): void => {
  if (pull === null || pull.command !== command || pull.when !== when) return;
  pull.nth -= 1;
  if (pull.nth > 0) return;
  const { pulled } = pull;
  pull = null;
  slot.remove();
  pulled();
  throw new PowerLost();
};

async function obey(line: string, pulled = (): void => undefined): Promise<void> {
  const asked = order.parse(JSON.parse(line));
  switch (asked.do) {
    case "insert":
      return slot.insert(new VirtualCard(new FileCardStore(asked.card), { hook }));
    case "remove":
      return slot.remove();
    case "unplug":
      return slot.unplug();
    case "pullAt":
      pull = { ...asked, pulled };
      return;
    case "typeAtPad":
      padEntry = asked.entry;
  }
}

if (config.card !== undefined) await obey(JSON.stringify({ do: "insert", card: config.card }));
const control = createServer((socket) => {
  socket.on("error", () => undefined);
  createInterface({ input: socket }).on("line", (line) => {
    obey(line, () => socket.write('{"pulled":true}\n')).then(
      () => socket.write('{"ok":true}\n'),
      (error: unknown) => socket.write(`${JSON.stringify({ ok: false, error: String(error) })}\n`),
    );
  });
});
if (config.controlSocket !== undefined) {
  rmSync(config.controlSocket, { force: true });
  control.listen(config.controlSocket);
}
const alive = setInterval(() => undefined, 60_000);
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    clearInterval(alive);
    slot.remove();
    process.exit(0);
  });
}
console.log(JSON.stringify({ ready: true, ...config }));
