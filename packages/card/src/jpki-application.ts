// What is publicly known of the JPKI card application (公的個人認証サービス): it is read here from the public sources of OpenSC's
// `jpki` driver and of jpki/myna. How a real card is written to is not public; our own way stands in write-profile.ts.

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

/** Facts of one JPKI application: identifiers of its files and rules of its passwords. */
export const JPKI = {
  /** Application identifier. */
  aid: hex("D392F000260100000001"),
  /** Answer to reset in OpenSC's driver table. */
  atr: hex("3BE000FF8131FE4514"),
  /** Elementary files by purpose. */
  file: {
    signatureCertificate: 0x0001,
    signatureAuthorityCertificate: 0x0002,
    tokenInfo: 0x0006,
    authenticationCertificate: 0x000a,
    authenticationAuthorityCertificate: 0x000b,
    authenticationKey: 0x0017,
    authenticationPin: 0x0018,
    signatureKey: 0x001a,
    signaturePassword: 0x001b,
  },
  /** Content of `file.tokenInfo`, padded with spaces to 32 bytes. */
  tokenInfo: "JPKIAPICCTOKEN",
  /** 千葉県運用規程 2-1-3(16): five wrong entries lock the signature password. */
  signaturePasswordTries: 5,
  authenticationPinTries: 3,
} as const;

/** Class byte of PERFORM SECURITY OPERATION; every other public command has 00. */
export const CLA_SIGN = 0x80;

/** Instruction bytes of the public command set. */
export const INS = {
  verify: 0x20,
  changeReferenceData: 0x24,
  performSecurityOperation: 0x2a,
  getChallenge: 0x84,
  select: 0xa4,
  readBinary: 0xb0,
  getResponse: 0xc0,
  getData: 0xca,
} as const;
