/** Changes to DER that leave its lengths right, so that what reads it sees the change and not only a broken frame. */
import { MalformedDer } from "../der.ts";
import { DerReader } from "../der-reader.ts";
import { element } from "../der-writer.ts";
import { oneOf } from "./seeded.fixture.ts";

/** An element: its contents, or the elements inside it. */
interface Node {
  identifier: number;
  contents: Uint8Array | Node[];
}

/** The same octets with one to three elements or octets changed. */
export function mutateDer(der: Uint8Array, random: () => number): Uint8Array {
  const top = parse(der);
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    const all = collect(top);
    const node = oneOf(all, random);
    oneOf(changesOf, random)(node, all, random);
  }
  const octets = Buffer.concat(top.map(encode));
  if (random() < 0.1 && octets.length > 0) octets[Math.floor(random() * octets.length)] = Math.floor(random() * 256);
  return octets;
}

type Change = (node: Node, all: readonly Node[], random: () => number) => void;

const interesting = [
  0x00, 0x01, 0x02, 0x05, 0x7f, 0x80, 0x81, 0x82, 0x86, 0x87, 0xa0, 0xa4, 0xff, 0x0c, 0x13, 0x1e, 0x30,
];

const changesOf: readonly Change[] = [
  (node, _, random) => {
    node.identifier = oneOf(interesting, random);
  },
  (node, _, random) => {
    if (!(node.contents instanceof Uint8Array) || node.contents.length === 0) return;
    const contents = Buffer.from(node.contents);
    contents[Math.floor(random() * contents.length)] =
      random() < 0.5 ? oneOf(interesting, random) : Math.floor(random() * 256);
    node.contents = contents;
  },
  (node, _, random) => {
    if (node.contents instanceof Uint8Array) node.contents = node.contents.subarray(0, Math.floor(random() * 3));
    else node.contents.splice(Math.floor(random() * node.contents.length), 1);
  },
  (node, _, random) => {
    if (node.contents instanceof Uint8Array || node.contents.length === 0) return;
    node.contents.push(structuredClone(oneOf(node.contents, random)));
  },
  (node, all, random) => {
    if (node.contents instanceof Uint8Array) return;
    node.contents.splice(Math.floor(random() * (node.contents.length + 1)), 0, structuredClone(oneOf(all, random)));
  },
  (node, all, random) => {
    node.contents = structuredClone(oneOf(all, random).contents);
  },
  (node, _, random) => {
    if (!(node.contents instanceof Uint8Array)) node.contents.reverse();
    else node.contents = Buffer.alloc(Math.floor(random() * 40), oneOf(interesting, random));
  },
];

function collect(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...(node.contents instanceof Uint8Array ? [] : collect(node.contents))]);
}

function parse(der: Uint8Array): Node[] {
  const reader = new DerReader(der);
  const nodes: Node[] = [];
  while (!reader.atEnd) {
    const identifier = der[reader.offset] ?? 0;
    const contents = reader.contents(identifier);
    nodes.push({ identifier, contents: inside(identifier, contents) });
  }
  return nodes;
}

/** The elements inside a constructed one, or inside an OCTET STRING that holds some, as extnValue does. */
function inside(identifier: number, contents: Uint8Array): Uint8Array | Node[] {
  if ((identifier & 0x20) === 0 && identifier !== 0x04) return contents;
  try {
    return parse(contents);
  } catch (problem) {
    if (problem instanceof MalformedDer) return contents;
    throw problem;
  }
}

function encode({ identifier, contents }: Node): Uint8Array {
  return contents instanceof Uint8Array ? element(identifier, contents) : element(identifier, ...contents.map(encode));
}
