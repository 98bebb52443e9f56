import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { type SealedPassword, sealedPasswordInfo, sealedPasswordPlaintext } from "@mitome/card/sealed-password";
import type { SealingKey } from "@mitome/ra";

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

function toBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

/**
 * Seals a password (HPKE, RFC 9180) to the agent's key of this session and to this one command, so that the servers on
 * the way carry only ciphertext. The plaintext bytes are overwritten whatever happens. Throws when the key is malformed.
 */
export async function sealPassword(password: string, { sessionKey, binding }: SealingKey): Promise<SealedPassword> {
  const plaintext = sealedPasswordPlaintext(password);
  try {
    const raw = Uint8Array.from(atob(sessionKey.publicKey), (character) => character.charCodeAt(0));
    const recipientPublicKey = await suite.kem.deserializePublicKey(raw);
    const sender = await suite.createSenderContext({ recipientPublicKey, info: sealedPasswordInfo(binding) });
    const ciphertext = await sender.seal(plaintext);
    return { enc: toBase64(sender.enc), ciphertext: toBase64(ciphertext) };
  } finally {
    plaintext.fill(0);
  }
}
