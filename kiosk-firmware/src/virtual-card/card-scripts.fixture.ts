import { generateKeyPairSync } from "node:crypto";
import { JPKI } from "@mitome/card";
import { TEST_CARD_COMPONENTS } from "@mitome/testkit/pcsc";
import { personalise } from "../card-maker.ts";
import type { CardMemory } from "./card-memory.ts";
import { storedSecret } from "./public-commands.ts";

// Commented scripts of commands and answers, as data: the card specification that our tests replay against the card in this process and
// against the card behind a real pcscd.

/** One command and the answer it must get. Answers: hex; `*9000` = any data; `[16]9000` = 16 bytes of data. */
export type ScriptStep =
  | { readonly note: string; readonly send: string; readonly answer: string }
  /** GET CHALLENGE and MUTUAL AUTHENTICATE with the right key, or a wrong one. */
  | { readonly note: string; readonly authenticate: "right" | "wrong"; readonly answer: string }
  /** A secured command under the session; `forge` says what is wrong about it. */
  | {
      readonly note: string;
      readonly secured: readonly [ins: number, p1: number, p2: number, payload: string];
      readonly forge?: "mac" | "payload" | "counterAhead" | "replay" | "otherIns";
      readonly answer: string;
    };

/** A script and the card that it starts with. */
export interface CardScript {
  readonly title: string;
  readonly card: "blank" | "issued" | "historical" | "of2004" | "p384";
  readonly steps: readonly ScriptStep[];
}

const SELECT = { note: "SELECT the JPKI application", send: "00A4040C0AD392F000260100000001", answer: "9000" };
const selectFile = (file: number, note: string): ScriptStep => ({
  note,
  send: `00A4020C02${file.toString(16).padStart(4, "0")}`,
  answer: "9000",
});
const PASSWORD_FILE = selectFile(JPKI.file.signaturePassword, "SELECT the signature password");
const KEY_FILE = selectFile(JPKI.file.signatureKey, "SELECT the signature key");
const CERTIFICATE_FILE = selectFile(JPKI.file.signatureCertificate, "SELECT the signature certificate");
const verify = (password: string, answer: string, note: string): ScriptStep => ({
  note,
  send: `00200080${password.length.toString(16).padStart(2, "0")}${Buffer.from(password).toString("hex")}`,
  answer,
});
const status = (answer: string, note = "status query"): ScriptStep => ({ note, send: "00200080", answer });
const DIGEST_INFO = `3031300D060960864801650304020105000420${"AB".repeat(32)}`;
const sign = (answer: string, note: string): ScriptStep => ({ note, send: `802A008033${DIGEST_INFO}00`, answer });
const NONCE = "00".repeat(16);
const generate = (algorithm: string): readonly [number, number, number, string] => [
  0x46,
  0x80,
  0x00,
  `AC258001${algorithm}9420${"CC".repeat(32)}`,
];
const setPassword = (password: string): readonly [number, number, number, string] => [
  0x2c,
  0x02,
  0x80,
  NONCE + Buffer.from(password).toString("hex"),
];
const AUTHENTICATE: ScriptStep = { note: "card and CA prove themselves", authenticate: "right", answer: "[16]9000" };

/** Password of the issued test card. */
export const TEST_PASSWORD = "MITOME2026";

/** Every script. */
export const CARD_SCRIPTS: readonly CardScript[] = [
  {
    title: "finds the application and its files, and refuses others plainly",
    card: "issued",
    steps: [
      { note: "another driver's probe before SELECT", send: "00CA7F6800", answer: "6D00" },
      { note: "a file without the application", send: "00A4020C020001", answer: "6A82" },
      { note: "another application", send: "00A4040C07A0000001510000", answer: "6A82" },
      SELECT,
      { note: "a file that is not there", send: "00A4020C022F00", answer: "6A82" },
      { note: "SELECT in another way", send: "00A4090C020001", answer: "6A86" },
      { note: "another class", send: "80A4040C0AD392F000260100000001", answer: "6E00" },
      { note: "an instruction that the card does not have", send: "00E0000000", answer: "6D00" },
      selectFile(JPKI.file.tokenInfo, "SELECT the token information"),
      {
        note: "READ BINARY",
        send: "00B0000020",
        answer: `${Buffer.from("JPKIAPICCTOKEN".padEnd(32)).toString("hex")}9000`,
      },
      { note: "past its end", send: "00B0002001", answer: "6B00" },
      {
        note: "the card's number",
        send: "00CADF0100",
        answer: `${Buffer.from("MT00000000000001").toString("hex")}9000`,
      },
      {
        note: "its state: key, password, both certificates; RSA-2048; five tries",
        send: "00CADF0200",
        answer: "0F01059000",
      },
    ],
  },
  {
    title: "tells the tries left by 63Cx, always",
    card: "issued",
    steps: [
      SELECT,
      selectFile(JPKI.file.authenticationPin, "SELECT the authentication PIN"),
      status("63C3", "three tries"),
      verify("0000", "63C2", "a wrong PIN"),
      verify("1234", "9000", "the right one restores them"),
      status("63C3", "even when verified"),
      PASSWORD_FILE,
      status("63C5", "five tries"),
      KEY_FILE,
      status("6986", "a key is not a password"),
    ],
  },
  {
    title: "[C-2-1-3.16] locks the signature password after five wrong entries, for good",
    card: "issued",
    steps: [
      SELECT,
      PASSWORD_FILE,
      verify("WRONG1", "63C4", "first wrong entry"),
      verify("WRONG2", "63C3", "second"),
      verify("WRONG3", "63C2", "third"),
      verify("WRONG4", "63C1", "fourth"),
      verify("WRONG5", "63C0", "fifth: locked"),
      verify(TEST_PASSWORD, "63C0", "the right one comes too late"),
      status("63C0"),
      KEY_FILE,
      sign("6982", "and the key does not sign"),
    ],
  },
  {
    title: "[C-6-2-2-5.1] signs only after the password, and no more after a new SELECT",
    card: "issued",
    steps: [
      SELECT,
      KEY_FILE,
      sign("6982", "no password yet"),
      PASSWORD_FILE,
      verify("mitome2026", "63C4", "lower case is another password"),
      verify(TEST_PASSWORD, "9000", "the right one"),
      KEY_FILE,
      { note: "PSO belongs to class 80", send: `002A008033${DIGEST_INFO}00`, answer: "6E00" },
      sign("[256]9000", "signs"),
      { note: "a DigestInfo too long for PKCS #1", send: `802A0080F6${"00".repeat(246)}00`, answer: "6A80" },
      PASSWORD_FILE,
      verify("WRONG1", "63C4", "a wrong entry takes the right back"),
      KEY_FILE,
      sign("6982", "signs no more"),
      PASSWORD_FILE,
      verify(TEST_PASSWORD, "9000", "the right one"),
      SELECT,
      KEY_FILE,
      sign("6982", "a new SELECT is the log-out"),
    ],
  },
  {
    title: "gives the signature certificate only after the password, the authority's always",
    card: "issued",
    steps: [
      SELECT,
      CERTIFICATE_FILE,
      { note: "READ BINARY", send: "00B0000004", answer: "6982" },
      selectFile(JPKI.file.signatureAuthorityCertificate, "SELECT the authority's certificate"),
      { note: "READ BINARY", send: "00B0000004", answer: "[4]9000" },
      PASSWORD_FILE,
      verify(TEST_PASSWORD, "9000", "the right password"),
      CERTIFICATE_FILE,
      { note: "READ BINARY", send: "00B0000004", answer: "[4]9000" },
      { note: "256 bytes by Le 00", send: "00B0000000", answer: "[256]9000" },
    ],
  },
  {
    title: "[C-6-2-2-1.1] reads no key and no password, verified or not",
    card: "issued",
    steps: [
      SELECT,
      PASSWORD_FILE,
      verify(TEST_PASSWORD, "9000", "the right password"),
      { note: "READ BINARY of the password", send: "00B0000000", answer: "6981" },
      KEY_FILE,
      { note: "READ BINARY of the key", send: "00B0000000", answer: "6981" },
      selectFile(JPKI.file.authenticationKey, "SELECT the authentication key"),
      { note: "READ BINARY of that key", send: "00B0000000", answer: "6981" },
    ],
  },
  {
    title: "changes a password only after the old one, and only to an allowed one",
    card: "issued",
    steps: [
      SELECT,
      PASSWORD_FILE,
      { note: "CHANGE REFERENCE DATA without VERIFY", send: "0024018006414243444546", answer: "6982" },
      verify(TEST_PASSWORD, "9000", "the old one"),
      { note: "five characters", send: "00240180054142434445", answer: "6A80" },
      { note: "lower case", send: "0024018006616263646566", answer: "6A80" },
      { note: "seventeen characters", send: `0024018011${"41".repeat(17)}`, answer: "6A80" },
      { note: "ABCDEF", send: "0024018006414243444546", answer: "9000" },
      verify(TEST_PASSWORD, "63C4", "the old one is over"),
      verify("ABCDEF", "9000", "the new one"),
    ],
  },
  {
    title: "makes a key, takes a password, signs: the whole of 6-1-2 and 6-4-2",
    card: "blank",
    steps: [
      SELECT,
      { note: "nothing on it yet", send: "00CADF0200", answer: "0000059000" },
      PASSWORD_FILE,
      status("63C0", "no password that could be tried"),
      verify("ABCDEF", "6984", "none to compare with"),
      { note: "a challenge of another length", send: "0084000008", answer: "6700" },
      AUTHENTICATE,
      { note: "a password without a key", secured: setPassword("ABCDEF"), answer: "6985" },
      { note: "GENERATE RSA-2048; 288 bytes in two parts", secured: generate("01"), answer: "[288]9000" },
      { note: "five characters", secured: setPassword("ABCDE"), answer: "6A80" },
      { note: "the owner's password", secured: setPassword("ABCDEF"), answer: "9000" },
      { note: "a key and a password", send: "00CADF0200", answer: "0301059000" },
      PASSWORD_FILE,
      verify("ABCDEF", "9000", "it is right"),
      KEY_FILE,
      sign("[256]9000", "the new key signs"),
    ],
  },
  {
    title: "makes a P-384 key",
    card: "p384",
    steps: [
      SELECT,
      AUTHENTICATE,
      { note: "GENERATE P-384", secured: generate("02"), answer: "[120]9000" },
      { note: "a password", secured: setPassword("ABCDEF"), answer: "9000" },
      PASSWORD_FILE,
      verify("ABCDEF", "9000", "it is right"),
      KEY_FILE,
      sign("6A80", "SHA-256 is not this suite's"),
      {
        note: "SHA-384",
        send: `802A0080433041300D060960864801650304020205000430${"AB".repeat(48)}00`,
        answer: "*9000",
      },
    ],
  },
  {
    title: "makes RSA-1024 only where the card was made for historical reproduction",
    card: "blank",
    steps: [SELECT, AUTHENTICATE, { note: "GENERATE RSA-1024", secured: generate("03"), answer: "6A81" }],
  },
  {
    title: "makes nothing but RSA-1024 on a card for historical reproduction",
    card: "historical",
    steps: [
      SELECT,
      AUTHENTICATE,
      { note: "GENERATE RSA-2048", secured: generate("01"), answer: "6A81" },
      { note: "GENERATE RSA-1024", secured: generate("03"), answer: "[158]9000" },
    ],
  },
  {
    title: "takes four characters on the cards of 2004",
    card: "of2004",
    steps: [
      SELECT,
      AUTHENTICATE,
      { note: "GENERATE RSA-2048", secured: generate("01"), answer: "[288]9000" },
      { note: "three characters", secured: setPassword("ABC"), answer: "6A80" },
      { note: "four", secured: setPassword("ABC1"), answer: "9000" },
    ],
  },
  {
    title: "takes nothing without the CA",
    card: "blank",
    steps: [
      SELECT,
      { note: "a secured command without a session", send: `84468000${"14"}${"00".repeat(20)}00`, answer: "6982" },
      { note: "MUTUAL AUTHENTICATE without a challenge", send: `0082000020${"00".repeat(32)}10`, answer: "6985" },
      { note: "a terminal that guesses the key", authenticate: "wrong", answer: "6300" },
      { note: "and its command", send: `84468000${"14"}${"00".repeat(20)}00`, answer: "6982" },
      { note: "in the clear", send: `0046800027${generate("01")[3]}00`, answer: "6D00" },
    ],
  },
  ...(["mac", "payload", "counterAhead", "replay", "otherIns"] as const).map(
    (forge): CardScript => ({
      title: `ends the session at a forged command (${forge}), and takes the right one no more`,
      card: "blank",
      steps: [
        SELECT,
        AUTHENTICATE,
        { note: "the right first command", secured: generate("01"), answer: "[288]9000" },
        { note: `forged: ${forge}`, secured: setPassword("ABCDEF"), forge, answer: "6988" },
        { note: "the right one comes too late", secured: setPassword("ABCDEF"), answer: "6982" },
      ],
    }),
  ),
  {
    title: "replaces a key that has a certificate only after erasing by name",
    card: "issued",
    steps: [
      SELECT,
      AUTHENTICATE,
      { note: "GENERATE over a certificate", secured: generate("01"), answer: "6985" },
      { note: "erase with a payload", secured: [0x0e, 0, 0, "00"], answer: "6A80" },
      { note: "erase", secured: [0x0e, 0, 0, ""], answer: "9000" },
      { note: "nothing on it", send: "00CADF0200", answer: "0000059000" },
      { note: "erase again", secured: [0x0e, 0, 0, ""], answer: "9000" },
      { note: "GENERATE", secured: generate("01"), answer: "[288]9000" },
    ],
  },
  {
    title: "unlocks a locked card only by the CA's named command",
    card: "issued",
    steps: [
      SELECT,
      PASSWORD_FILE,
      ...["63C4", "63C3", "63C2", "63C1", "63C0"].map((answer, n) => verify(`WRONG${n}`, answer, "wrong")),
      AUTHENTICATE,
      { note: "RESET RETRY COUNTER", secured: setPassword("NEWONE1"), answer: "9000" },
      verify("NEWONE1", "9000", "the new password"),
    ],
  },
  {
    title: "writes only the two certificate files, within their size",
    card: "issued",
    steps: [
      SELECT,
      AUTHENTICATE,
      { note: "the token information", secured: [0xd7, 0x00, 0x06, "54020000530100"], answer: "6A82" },
      { note: "a key", secured: [0xd7, 0x00, 0x1a, "54020000530100"], answer: "6A82" },
      { note: "beyond the file", secured: [0xd7, 0x00, 0x01, "54020FFF53020000"], answer: "6A84" },
      { note: "malformed data objects", secured: [0xd7, 0x00, 0x01, "5402000053"], answer: "6A80" },
      CERTIFICATE_FILE,
      { note: "not readable: nothing was written in this session", send: "00B0000004", answer: "6982" },
      { note: "a blanked header", secured: [0xd7, 0x00, 0x01, "54020000530400000000"], answer: "9000" },
      { note: "its writer reads it back", send: "00B0000004", answer: "000000009000" },
      { note: "and the card no longer counts it as a certificate", send: "00CADF0200", answer: "0B01059000" },
    ],
  },
];

const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "der", type: "pkcs8" });
// Any DER of the right outer form: the card does not look inside.
const certificate = Buffer.concat([Buffer.from("308203fc", "hex"), Buffer.alloc(1020, 0x5a)]);

/** The memory of a test card. The issued one holds keys, passwords and certificates on both sides. */
export function testCard(card: CardScript["card"]): CardMemory {
  const [first, second] = TEST_CARD_COMPONENTS.map((text) => Buffer.from(text, "base64"));
  const master = Uint8Array.from({ length: 32 }, (_, i) => (first?.[i] ?? 0) ^ (second?.[i] ?? 0));
  const made = {
    historical: card === "historical",
    ...(card === "of2004" ? { passwordRule: { minimum: 4, maximum: 16 } } : {}),
  };
  const memory = personalise(master, "MT00000000000001", made);
  if (card !== "issued") return memory;
  const application = (secret: string, triesLeft: number) => ({
    key: { algorithm: "rsa-2048" as const, privateKey: key.toString("base64") },
    secret: storedSecret(Buffer.from(secret), new Uint8Array(16)),
    triesLeft,
    certificate: certificate.toString("base64"),
    authorityCertificate: certificate.toString("base64"),
  });
  return { ...memory, signature: application(TEST_PASSWORD, 5), authentication: application("1234", 3) };
}
