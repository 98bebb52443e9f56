import { once } from "node:events";
import { encodeCommand, INS, JPKI } from "@mitome/card";
import { makeTestCards, startCardHand, startPcsc } from "@mitome/testkit/pcsc";
import { PcscClient } from "../../kiosk-firmware/src/agent/pcsc-client.ts";

/** What is sent: choosing the application and a file, and reading the whole of it. */
const commands = {
  "SELECT application": encodeCommand({ cla: 0, ins: INS.select, p1: 0x04, p2: 0x0c, data: JPKI.aid }),
  "SELECT file": encodeCommand({
    cla: 0,
    ins: INS.select,
    p1: 0x02,
    p2: 0x0c,
    data: Uint8Array.of(0, JPKI.file.tokenInfo),
  }),
  "READ BINARY": encodeCommand({ cla: 0, ins: INS.readBinary, p1: 0, p2: 0, le: 32 }),
} as const;

/**
 * Sends commands from where the agent sends them (its PC/SC child) through pcscd, the reader's driver and the reader to a
 * card, one after another, and takes the time of each until its answer, in milliseconds.
 */
export async function apduRoundTrips(rounds: number): Promise<readonly number[]> {
  const stack = await startPcsc();
  const [reader] = stack.readers;
  const [card] = makeTestCards(stack.directory, { cardNumbers: ["BENCH00000000001"] });
  if (reader === undefined || card === undefined) throw new Error("no reader or card");
  const hand = await startCardHand(stack, reader, card);
  const client = new PcscClient({ readerPrefix: "Mitome Reader", pcscSocket: stack.pcscSocket });
  try {
    while (client.readersWithCard.length === 0) await once(client, "reader");
    return await client.withCard(client.readersWithCard[0] ?? reader.name, async (connected) => {
      const times: number[] = [];
      for (let round = -50; round < rounds; round += 1) {
        for (const [name, command] of Object.entries(commands)) {
          const start = performance.now();
          const answer = await connected.transmit(command);
          if (round >= 0) times.push(performance.now() - start);
          if (answer.at(-2) !== 0x90) throw new Error(`${name} was refused`);
        }
      }
      return times;
    });
  } finally {
    client.stop();
    await hand.stop();
    await stack.stop();
  }
}
