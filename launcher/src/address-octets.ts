import { isIPv4, isIPv6 } from "node:net";

/** The 4 or 16 octets of an address of IPv4 or IPv6, without a zone; `undefined` for other text. */
export function addressOctets(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
  if (!isIPv6(text) || text.includes("%")) return undefined;
  // The form of RFC 4291 §2.2 with dotted decimals at its end becomes one of hexadecimal groups.
  const groups = text.replace(/[0-9.]+\.[0-9]+$/, (tail) => {
    const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = "", tail] = groups.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const words = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

/** Address and mask of a range such as `192.0.2.0/24` (RFC 4632, RFC 5280 §4.2.1.10); `undefined` for other text. */
export function addressRangeOctets(text: string): Uint8Array | undefined {
  const [first = "", length = "", ...more] = text.split("/");
  const address = addressOctets(first);
  if (address === undefined || more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const ones = Number(length);
  if (ones > address.length * 8) return undefined;
  const mask = address.map((_, index) => (0xff00 >> Math.max(0, Math.min(8, ones - index * 8))) & 0xff);
  return Uint8Array.from([...address, ...mask]);
}
