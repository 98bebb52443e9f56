import type { IncomingMessage } from "node:http";

const largestForm = 64 * 1024;

/** A form as it was sent: the text of its fields, and the octets of its files that are not empty. */
export interface SentForm {
  text(name: string): string;
  file(name: string): Uint8Array | undefined;
}

/** Reads a form of either encoding; `undefined` when it is larger than any of ours, or none. */
export async function readForm(request: IncomingMessage): Promise<SentForm | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > largestForm) return undefined;
    chunks.push(chunk);
  }
  const type = request.headers["content-type"] ?? "";
  try {
    const form = await new Response(Buffer.concat(chunks), { headers: { "content-type": type } }).formData();
    const texts = new Map<string, string>();
    const files = new Map<string, Uint8Array>();
    for (const [name, value] of form) {
      if (typeof value === "string") texts.set(name, value);
      else if (value.size > 0) files.set(name, new Uint8Array(await value.arrayBuffer()));
    }
    return { text: (name) => texts.get(name)?.trim() ?? "", file: (name) => files.get(name) };
  } catch {
    return undefined;
  }
}
