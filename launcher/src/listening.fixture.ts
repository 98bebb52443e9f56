import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A socket that waits for somebody: `TCP <address>`, `UDP <address>` or `Unix <path>`. */
export interface ListeningSocket {
  readonly inode: string;
  readonly address: string;
}

/** Every listening socket of the machine that `/proc/net` shows to this process. */
export function listeningSockets(): readonly ListeningSocket[] {
  return [...internet("tcp"), ...internet("tcp6"), ...internet("udp"), ...internet("udp6"), ...unix()];
}

/** The sockets that a process has open, by inode; none once it has ended. */
export function socketsOf(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const descriptor of entriesOf(`/proc/${pid}/fd`)) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/${pid}/fd/${descriptor}`)) ?? [];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

// Documentation/networking/proc_net_tcp.rst: 0A is LISTEN; UDP has no such state, and 07 is one that nobody is connected to.
function* internet(protocol: "tcp" | "tcp6" | "udp" | "udp6"): Generator<ListeningSocket> {
  const waiting = protocol.startsWith("tcp") ? "0A" : "07";
  for (const line of readFileSync(`/proc/net/${protocol}`, "utf8").split("\n").slice(1)) {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    if (state === waiting) yield { inode, address: `${protocol.slice(0, 3).toUpperCase()} ${addressOf(local)}` };
  }
}

/** `0100007F:0F3E` is 127.0.0.1; of IPv6 every address but the loopback's stays as it is. */
function addressOf(local: string): string {
  const [hex = ""] = local.split(":");
  if (hex.length === 8) return Buffer.from(hex, "hex").reverse().join(".");
  return hex === "00000000000000000000000001000000" ? "::1" : hex;
}

const acceptsConnections = 0x1_0000;

function* unix(): Generator<ListeningSocket> {
  for (const line of readFileSync("/proc/net/unix", "utf8").split("\n").slice(1)) {
    const [, , , flags = "0", , , inode = "", ...path] = line.trim().split(/\s+/);
    if ((Number.parseInt(flags, 16) & acceptsConnections) !== 0) yield { inode, address: `Unix ${path.join(" ")}` };
  }
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
