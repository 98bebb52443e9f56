/**
 * Octets for a password, zero at first, which `fill(0)` really overwrites. V8 keeps a `new Uint8Array(n)` of up to 64 octets
 * inside its heap, where the garbage collector moves it and leaves the old copy behind; an array over a buffer of its own
 * stays where it is.
 */
export function overwritable(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}
