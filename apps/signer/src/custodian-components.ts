import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Octets of a component: either alone says nothing about what the two make together. */
const componentLength = 32;

/** A custodian's component is not 32 octets of base64. */
class MalformedComponent extends Error {
  override readonly name = "MalformedComponent";
}

/**
 * The XOR of two custodians' components of one name, 32 octets. A component that is not there yet is drawn at random
 * and written into its custodian's directory (0600).
 */
export function combineComponents(directories: readonly [string, string], name: string): Buffer {
  const [one, other] = directories.map((directory) => componentIn(directory, name));
  if (one === undefined || other === undefined) throw new MalformedComponent(name);
  const combined = Buffer.alloc(componentLength);
  for (let at = 0; at < componentLength; at++) combined[at] = (one[at] ?? 0) ^ (other[at] ?? 0);
  one.fill(0);
  other.fill(0);
  return combined;
}

/** A PIN from two components: base64url of SHA-256 of their XOR, 43 characters. */
export function combinePin(directories: readonly [string, string], name: string): string {
  const combined = combineComponents(directories, name);
  const pin = createHash("sha256").update("mitome-token-pin-v1\0").update(combined).digest("base64url");
  combined.fill(0);
  return pin;
}

function componentIn(directory: string, name: string): Buffer {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, `${name}.component`);
  if (!existsSync(file)) {
    const drawn = randomBytes(componentLength);
    writeFileSync(file, `${drawn.toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    return drawn;
  }
  const component = Buffer.from(readFileSync(file, "utf8").trim(), "base64");
  if (component.length !== componentLength) throw new MalformedComponent(file);
  return component;
}
