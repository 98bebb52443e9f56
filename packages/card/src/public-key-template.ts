import { createPublicKey } from "node:crypto";
import { MAC_LENGTH } from "./secure-messaging.ts";

/** A public key as a card gives it: ISO 7816-8 public key data object 7F49. */
export type CardPublicKey =
  | { readonly kind: "rsa"; readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  /** `point` is uncompressed: 04 ‖ x ‖ y, 97 bytes. */
  | { readonly kind: "p-384"; readonly point: Uint8Array };

/** Answer of GENERATE ASYMMETRIC KEY PAIR: 7F49 { 81 modulus, 82 exponent | 86 point } followed by 8E with the origin MAC. */
export interface GeneratedKey {
  readonly publicKey: CardPublicKey;
  readonly originMac: Uint8Array;
}

/** Encodes the answer of GENERATE ASYMMETRIC KEY PAIR. */
export function encodeGeneratedKey(key: GeneratedKey): Uint8Array {
  const { publicKey } = key;
  const inner =
    publicKey.kind === "rsa"
      ? [...dataObject([0x81], publicKey.modulus), ...dataObject([0x82], publicKey.exponent)]
      : dataObject([0x86], publicKey.point);
  return Uint8Array.from([...dataObject([0x7f, 0x49], inner), ...dataObject([0x8e], key.originMac)]);
}

/** Decodes the answer of GENERATE ASYMMETRIC KEY PAIR. Throws RangeError for anything but exactly one of the two forms. */
export function parseGeneratedKey(bytes: Uint8Array): GeneratedKey {
  const [template, mac] = readDataObjects(bytes);
  if (template?.tag !== 0x7f49 || mac?.tag !== 0x8e || mac.value.length !== MAC_LENGTH) throw malformed();
  const [first, second] = readDataObjects(template.value);
  if (first?.tag === 0x81 && second?.tag === 0x82) {
    return { publicKey: { kind: "rsa", modulus: first.value, exponent: second.value }, originMac: mac.value };
  }
  if (first?.tag === 0x86 && first.value.length === 97) {
    return { publicKey: { kind: "p-384", point: first.value }, originMac: mac.value };
  }
  throw malformed();
}

/** DER SubjectPublicKeyInfo of a card's public key. Throws when it is not a key. */
export function cardSubjectPublicKeyInfo(key: CardPublicKey): Uint8Array {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
  const jwk =
    key.kind === "rsa"
      ? { kty: "RSA", n: text(key.modulus), e: text(key.exponent) }
      : { kty: "EC", crv: "P-384", x: text(key.point.subarray(1, 49)), y: text(key.point.subarray(49)) };
  return new Uint8Array(createPublicKey({ key: jwk, format: "jwk" }).export({ format: "der", type: "spki" }));
}

/** The card's form of a DER SubjectPublicKeyInfo of an RSA or P-384 key. */
export function cardPublicKeyOf(spki: Uint8Array): CardPublicKey {
  const jwk = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }).export({ format: "jwk" });
  const bytes = (text: string | undefined): Uint8Array => new Uint8Array(Buffer.from(text ?? "", "base64url"));
  if (jwk.kty === "RSA") return { kind: "rsa", modulus: bytes(jwk.n), exponent: bytes(jwk.e) };
  if (jwk.crv !== "P-384") throw malformed();
  return { kind: "p-384", point: Uint8Array.from([0x04, ...bytes(jwk.x), ...bytes(jwk.y)]) };
}

/** One BER-TLV data object with a definite length. */
export interface DataObject {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Reads consecutive BER-TLV data objects (tags of one or two bytes, lengths up to 65,535). Throws RangeError when malformed. */
export function readDataObjects(bytes: Uint8Array): readonly DataObject[] {
  const objects: DataObject[] = [];
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw malformed();
    return byte;
  };
  while (at < bytes.length) {
    const lead = next();
    const tag = (lead & 0x1f) === 0x1f ? (lead << 8) | next() : lead;
    const first = next();
    const length = first < 0x80 ? first : first === 0x81 ? next() : first === 0x82 ? (next() << 8) | next() : -1;
    if (length < 0 || at + length > bytes.length) throw malformed();
    objects.push({ tag, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return objects;
}

function dataObject(tag: readonly number[], value: Uint8Array | readonly number[]): number[] {
  const { length } = value;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return [...tag, ...header, ...value];
}

function malformed(): RangeError {
  return new RangeError("the card's data objects are malformed");
}
