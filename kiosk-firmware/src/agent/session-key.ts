import { type KeyObject, sign, type webcrypto, type X509Certificate } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import {
  type SealedPassword,
  type SealedPasswordBinding,
  sealedPasswordInfo,
  sessionKeyMessage,
  type TerminalSessionKey,
} from "@mitome/card";

/**
 * The HPKE key to which the resident's screen seals passwords: made at the agent's start, not extractable, gone with the process.
 * The terminal's equipment key signs it, so that a screen's server can tell whose it is.
 */
export class SessionKey {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #suite: CipherSuite;
  /** What the gateway gets. */
  readonly announcement: TerminalSessionKey;

  private constructor(keys: webcrypto.CryptoKeyPair, suite: CipherSuite, announcement: TerminalSessionKey) {
    this.#keys = keys;
    this.#suite = suite;
    this.announcement = announcement;
  }

  /** Makes a key and has the terminal's key sign it. */
  static async make(terminal: string, key: KeyObject, certificate: X509Certificate): Promise<SessionKey> {
    const keys = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    if (!("privateKey" in keys)) throw new TypeError("X25519 keys come in pairs");
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
    const signature = sign("sha256", sessionKeyMessage(terminal, publicKey), { key, dsaEncoding: "ieee-p1363" });
    const suite = new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes256Gcm(),
    });
    return new SessionKey(keys, suite, {
      publicKey: Buffer.from(publicKey).toString("base64"),
      signature: signature.toString("base64"),
      terminalCertificate: certificate.raw.toString("base64"),
    });
  }

  /**
   * Opens a sealed password for exactly this command; `undefined` when it was sealed for another command, terminal, card or key. That
   * it is opened once follows from the command being accepted once. The caller overwrites the bytes.
   */
  async open(sealed: SealedPassword, binding: SealedPasswordBinding): Promise<Uint8Array | undefined> {
    const bytes = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text, "base64")).buffer;
    try {
      const context = await this.#suite.createRecipientContext({
        recipientKey: this.#keys,
        enc: bytes(sealed.enc),
        info: sealedPasswordInfo(binding).buffer,
      });
      return new Uint8Array(await context.open(bytes(sealed.ciphertext)));
    } catch {
      return undefined;
    }
  }
}
