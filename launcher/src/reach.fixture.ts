/**
 * Run inside a network of its own: `reach.fixture.ts listen <IPv4 addresses> <ports>` answers on TCP, and on UDP of these
 * addresses, until its input ends;
 * `reach.fixture.ts reach <tcp|udp> <from> <to> <ports>` prints which of the ports answered, as JSON.
 */
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";
import { argv, stdin, stdout } from "node:process";

/** What nobody has answered by then, in milliseconds, was dropped on the way. */
const patience = 4_000;

const [, , mode, ...values] = argv;
if (mode === "listen") await listen(values[0]?.split(",") ?? [], portsOf(values[1]));
else stdout.write(JSON.stringify(await reached(values)));

function portsOf(text = ""): readonly number[] {
  return text.split(",").map(Number);
}

async function listen(addresses: readonly string[], ports: readonly number[]): Promise<void> {
  const ready = ports.flatMap((port) => {
    const server = createServer((socket) => socket.on("error", () => undefined).end("here"));
    return [
      new Promise<void>((resolve) => server.listen(port, "::", resolve)),
      // An answer has to come from the address that was asked.
      ...addresses.map((address) => answerByUdp(address, port)),
    ];
  });
  await Promise.all(ready);
  stdout.write("ready\n");
  stdin.on("end", () => process.exit()).resume();
}

function answerByUdp(address: string, port: number): Promise<void> {
  const socket = createSocket("udp4");
  socket.on("message", (_message, asker) => socket.send("here", asker.port, asker.address));
  return new Promise((resolve) => socket.bind(port, address, resolve));
}

async function reached([protocol, from = "", to = "", ports]: readonly string[]): Promise<readonly number[]> {
  const ask = protocol === "udp" ? askByUdp : askByTcp;
  const answers = await Promise.all(portsOf(ports).map(async (port) => ((await ask(from, to, port)) ? [port] : [])));
  return answers.flat();
}

function askByTcp(localAddress: string, host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ localAddress, host, port, timeout: patience });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on("data", () => end(true));
    for (const event of ["timeout", "error", "close"]) socket.on(event, () => end(false));
  });
}

function askByUdp(localAddress: string, host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const end = (answered: boolean) => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => end(false), patience);
    socket.on("message", () => end(true)).on("error", () => end(false));
    socket.bind(0, localAddress, () => socket.send("who", port, host));
  });
}
