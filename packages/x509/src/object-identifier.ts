/** A dotted object identifier, such as `2.5.29.15`. */
export type ObjectIdentifier = `${number}.${number}` | `${number}.${number}.${string}`;

// The same few identifiers stand in every certificate.
const remembered = 512;
const contentsOf = new Map<ObjectIdentifier, Uint8Array>();
const dottedOf = new Map<string, ObjectIdentifier>();

/** Contents octets of an OBJECT IDENTIFIER (X.690 §8.19); arcs may be larger than 2^53: the `2.25` arc holds UUIDs. */
export function identifierContents(dotted: ObjectIdentifier): Uint8Array {
  const known = contentsOf.get(dotted);
  if (known !== undefined) return known;
  const [first = 0n, second = 0n, ...rest] = dotted.split(".").map((arc) => BigInt(arc));
  if (first > 2n || (first < 2n && second > 39n)) throw new RangeError(`not an object identifier: ${dotted}`);
  const octets: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const groups = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.unshift(Number(left & 0x7fn) | 0x80);
    octets.push(...groups);
  }
  const contents = Uint8Array.from(octets);
  if (contentsOf.size < remembered) contentsOf.set(dotted, contents);
  return contents;
}

/** The identifier in contents octets; `undefined` when they are cut short or not minimal (X.690 §8.19.2). */
export function readIdentifier(contents: Uint8Array): ObjectIdentifier | undefined {
  const key = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength).toString("latin1");
  const known = dottedOf.get(key);
  if (known !== undefined) return known;
  const arcs: bigint[] = [];
  let arc = 0n;
  let begun = false;
  for (const octet of contents) {
    if (!begun && octet === 0x80) return undefined;
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    begun = octet >= 0x80;
    if (begun) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [joined, ...rest] = arcs;
  if (joined === undefined || begun) return undefined;
  const first = joined < 40n ? 0n : joined < 80n ? 1n : 2n;
  const dotted = [first, joined - first * 40n, ...rest].join(".") as ObjectIdentifier;
  if (dottedOf.size < remembered) dottedOf.set(key, dotted);
  return dotted;
}
