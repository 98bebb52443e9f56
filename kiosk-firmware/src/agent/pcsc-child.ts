import { readSync } from "node:fs";
import { overwritable } from "@mitome/card";
import pcsclite from "pcsclite";

// The only process that loads the native PC/SC binding. The agent starts it, kills it when it hangs, and starts another.
// Messages (advanced serialisation): {id, op, reader, …} → {id, ok:true, data?} | {id, ok:false, code}; and {event:"reader", …}.
// The octets of a command to transmit come on descriptor 4, ahead of their message.

type Reader =
  ReturnType<typeof pcsclite> extends { on(type: "reader", listener: (reader: infer R) => void): unknown } ? R : never;

interface Request {
  readonly id: number;
  readonly op: "connect" | "disconnect" | "transmit" | "control";
  readonly reader: string;
  readonly data?: Uint8Array;
  readonly commandLength?: number;
  readonly controlCode?: number;
}

const PRESENT = 0x20;
const UNAVAILABLE = 0x08;
const LARGEST_ANSWER = 65_548;
const readers = new Map<string, { reader: Reader; protocol: number }>();

const send = (message: object): void => {
  process.send?.(message);
};
// Without its agent this process holds a card for nobody.
process.on("disconnect", () => process.exit(0));

// PC/SC error numbers come only as text.
const codeOf = (error: unknown): string => /\(0x([0-9a-f]{8})\)/.exec(String(error))?.[1] ?? "00000000";

const pcsc = pcsclite();
// The service died: this object never recovers, a new process does.
pcsc.on("error", () => process.exit(2));
pcsc.on("reader", (reader) => {
  readers.set(reader.name, { reader, protocol: 0 });
  reader.on("error", (error) => send({ event: "readerError", reader: reader.name, code: codeOf(error) }));
  reader.on("end", () => {
    readers.delete(reader.name);
    send({ event: "reader", reader: reader.name, available: false, present: false, count: 0 });
  });
  reader.on("status", ({ state, atr }) => {
    const present = (state & PRESENT) !== 0;
    send({
      event: "reader",
      reader: reader.name,
      available: (state & UNAVAILABLE) === 0,
      present,
      // The upper half counts events: a card swapped between two reports shows there.
      count: state >>> 16,
      ...(atr && present ? { atr: new Uint8Array(atr) } : {}),
    });
  });
  send({ event: "reader", reader: reader.name, available: true, present: false, count: -1 });
});

const COMMANDS = 4;

/** The next command's octets; they are there already, or about to be. */
function readCommand(length: number): Buffer {
  const command = Buffer.from(overwritable(length).buffer);
  for (let read = 0; read < length; ) {
    const more = readSync(COMMANDS, command, read, length - read, null);
    if (more === 0) process.exit(0); // the agent is gone
    read += more;
  }
  return command;
}

process.on("message", (request: Request) => {
  const command = readCommand(request.commandLength ?? 0);
  const found = readers.get(request.reader);
  if (found === undefined) {
    command.fill(0);
    return send({ id: request.id, ok: false, code: "80100009" });
  }
  const { reader } = found;
  const done = (error: unknown, data?: Uint8Array): void => {
    command.fill(0);
    if (error) send({ id: request.id, ok: false, code: codeOf(error) });
    else send({ id: request.id, ok: true, ...(data ? { data: new Uint8Array(data) } : {}) });
  };
  switch (request.op) {
    case "connect":
      return reader.connect({ share_mode: reader.SCARD_SHARE_EXCLUSIVE }, (error, protocol) => {
        found.protocol = protocol;
        done(error);
      });
    case "disconnect":
      // A reset drops what the card had verified, whoever connects next.
      return reader.disconnect(reader.SCARD_RESET_CARD, (error) => done(error));
    case "transmit":
      // An empty or one-byte command hangs some drivers.
      if (command.length < 4) return done(new Error("(0x80100004)"));
      return reader.transmit(command, LARGEST_ANSWER, found.protocol, (error, answer) => done(error, answer));
    case "control": {
      const data = Buffer.from(request.data ?? []);
      // `data` must stay referenced until the callback: the binding does not hold it.
      return reader.control(data, request.controlCode ?? 0, 1024, (error, answer) => {
        data.fill(0);
        done(error, answer);
      });
    }
  }
});
