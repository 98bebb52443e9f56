/** Two machines of one wire, each a network namespace of this one: one with a firewall's rules, one beyond it. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

const run = promisify(execFile);
// Where nft and ip are, which not everybody's path names.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const program = new URL("./reach.fixture.ts", import.meta.url).pathname;

/** The machine with the rules, by IPv4 and IPv6. */
export const insideAddress = { v4: "198.51.100.1", v6: "2001:db8::1" } as const;

/** Who is beyond; addresses of the rules' authority and administrators, and of somebody. */
export const outsideAddresses = {
  anyone: "198.51.100.2",
  anyoneV6: "2001:db8::2",
  authority: "192.0.2.1",
  administrator: "192.0.2.241",
} as const;

/** Both machines, listening on every port that is asked about. */
export interface FirewalledMachine {
  /** Which of the ports answer across the wire, from one address to another; `beyond`: the asker is outside. */
  reach(protocol: "tcp" | "udp", asker: "beyond" | "inside", from: string, to: string): Promise<readonly number[]>;
  /** From here on the rules of this file (nftables) hold. */
  apply(rules: string): Promise<void>;
  stop(): void;
}

/** Whether this machine lets its user make networks, and has what that takes. */
export function canMakeNetworks(): boolean {
  const worked = (command: string, ...args: readonly string[]) => spawnSync(command, args, { env }).status === 0;
  return worked("nft", "--version") && worked("ip", "-V") && worked("unshare", "-rn", "nft", "list", "ruleset");
}

/** Makes both machines, without a rule. */
export async function startFirewalledMachine(ports: readonly number[]): Promise<FirewalledMachine> {
  const started: ChildProcess[] = [];
  const start = async (command: string, ...args: readonly string[]) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env });
    started.push(child);
    await once(child.stdout, "data");
    return String(child.pid);
  };
  const wait = ["sh", "-c", "echo ready; exec cat"];
  const inside = await start("unshare", "-rn", ...wait);
  const within = (pid: string) => ["-t", pid, "-U", "-n", "--preserve-credentials"];
  const beyond = await start("nsenter", ...within(inside), "unshare", "-n", ...wait);
  const on = async (pid: string, ...command: readonly string[]) =>
    (await run("nsenter", [...within(pid), ...command], { env })).stdout;
  // nodad: an IPv6 address is otherwise not to be used for two seconds, while it is looked for on the wire.
  const addresses = async (pid: string, device: string, ...all: readonly string[]) => {
    await on(pid, "ip", "link", "set", "lo", "up");
    for (const address of all) await on(pid, "ip", "address", "add", ...address.split(" "), "dev", device);
    await on(pid, "ip", "link", "set", device, "up");
  };
  await on(inside, "ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", beyond);
  const { anyone, anyoneV6, authority, administrator } = outsideAddresses;
  await addresses(inside, "wire", `${insideAddress.v4}/24`, `${insideAddress.v6}/64 nodad`);
  const others = [authority, administrator].map((address) => `${address}/32`);
  await addresses(beyond, "wire", `${anyone}/24`, `${anyoneV6}/64 nodad`, ...others);
  await on(inside, "ip", "route", "add", "192.0.2.0/24", "dev", "wire");
  for (const [pid, own] of [
    [inside, [insideAddress.v4]],
    [beyond, [anyone, authority, administrator]],
  ] as const)
    await start("nsenter", ...within(pid), process.execPath, program, "listen", own.join(), ports.join());
  return {
    reach: async (protocol, asker, from, to) =>
      JSON.parse(
        await on(
          ...([asker === "beyond" ? beyond : inside, process.execPath, program] as const),
          ...["reach", protocol, from, to, ports.join()],
        ),
      ),
    apply: async (rules) => {
      await on(inside, "nft", "-f", rules);
    },
    stop: () => {
      for (const child of started) child.kill();
    },
  };
}
