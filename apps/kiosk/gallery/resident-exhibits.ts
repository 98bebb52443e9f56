import { notices, type ResidentView, terms, termsVersion } from "@mitome/ra";
import { person } from "./clerk-exhibits.ts";

const frame = {
  caseId: "0192f3a4-5b6c-7d8e-9f00-112233445566",
  custody: { holder: "resident", onReader: false, doNotRemove: false },
  language: "ja",
  textSize: "normal",
  trouble: null,
  called: false,
} as const;

const onReader = { holder: "resident", onReader: true, doNotRemove: false } as const;
const withClerk = { holder: "clerk", onReader: false, doNotRemove: false } as const;
const writing = { holder: "reader", onReader: true, doNotRemove: true } as const;

const clientSoftware = {
  id: "clientSoftware",
  clause: "千葉県運用規程 2-1-3(17)",
  heading: { ja: "パソコンで使うには", en: "To use it on your computer" },
  body: {
    ja: "ご自宅のパソコンで使うには「利用者クライアントソフト」とカードリーダーが必要です。",
    en: "On your own computer you need the JPKI client software and a card reader.",
  },
  acknowledged: true,
};

/** A key nobody has the private half of; a test that opens what the page sealed puts its own here. */
const noOnesKey = "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw=";

/** The password step, which tests send their own sealing key to. */
export const password = {
  ...frame,
  screen: "password",
  station: "password",
  custody: onReader,
  rules: { minimum: 6, maximum: 16, characters: "upperCaseLettersAndDigits" },
  sealingKey: {
    sessionKey: { publicKey: noOnesKey, signature: "", terminalCertificate: "" },
    binding: {
      terminal: "counter-1",
      caseId: frame.caseId,
      attempt: 1,
      cardNumber: "MT00000000000042",
      operation: "makeKey",
      commandNumber: 7,
    },
  },
  again: null,
} as const satisfies ResidentView;

/** Every screen the resident can see, in Japanese and normal size; tests change language and size. */
export const residentExhibits = {
  welcome: { screen: "welcome", municipality: "千葉市", counter: "窓口1" },
  waitForClerk: { ...frame, screen: "wait", station: "identity", custody: withClerk, for: "clerk" },
  waitForMachine: { ...frame, screen: "wait", station: "issuance", custody: writing, for: "machine" },
  confirmData: {
    ...frame,
    screen: "confirmData",
    station: "residentConfirms",
    person: { ...person, alias: "原田　花" },
  },
  called: { ...frame, screen: "giveCardToClerk", station: "key", custody: onReader, called: true },
  clerkComes: { ...frame, screen: "clerkComes", station: "comparison" },
  terms: {
    ...frame,
    screen: "terms",
    station: "terms",
    version: termsVersion,
    terms: terms.map((term) => ({ ...term, acknowledged: false })),
  },
  placeCard: { ...frame, screen: "placeCard", station: "password" },
  password,
  passwordAgain: {
    ...password,
    again: {
      reason: "cardRemoved",
      what: {
        ja: "鍵を作っているときにカードが離れました。",
        en: "The card was taken away while the key was being made.",
      },
      clause: null,
      next: [
        {
          ja: "カードを置いたまま、もう一度パスワードを入力してください。",
          en: "Leave the card on the reader and enter the password again.",
        },
      ],
    },
  },
  agentAway: {
    ...password,
    sealingKey: null,
    trouble: {
      reason: "agentAway",
      what: { ja: "カード装置につながりません。", en: "The card reader cannot be reached." },
      clause: null,
      next: [
        { ja: "つながり次第、自動で続きます。このままお待ちください。", en: "It goes on by itself. Please wait." },
      ],
      retrying: true,
    },
  },
  makingKey: { ...frame, screen: "makingKey", station: "key", custody: writing, step: "generate" },
  makingKeyProof: { ...frame, screen: "makingKey", station: "key", custody: writing, step: "proof" },
  giveCard: { ...frame, screen: "giveCardToClerk", station: "key", custody: onReader },
  notices: {
    ...frame,
    screen: "notices",
    station: "notices",
    custody: withClerk,
    notices: notices.map((notice, index) => ({ ...notice, acknowledged: index < 2 })),
  },
  allNoticesRead: {
    ...frame,
    screen: "notices",
    station: "notices",
    custody: withClerk,
    notices: notices.map((notice) => ({ ...notice, acknowledged: true })),
  },
  takeCard: {
    ...frame,
    screen: "takeCardAndPapers",
    station: "handOver",
    custody: withClerk,
    clientSoftware,
  },
  stopped: {
    ...frame,
    screen: "stopped",
    station: "comparison",
    custody: withClerk,
    explanation: {
      reason: "stopped",
      what: { ja: "きょうは、ここで終わります。", en: "This is where it ends today." },
      clause: null,
      next: [{ ja: "職員がご説明します。", en: "The staff will explain." }],
    },
  },
} as const satisfies Record<string, ResidentView>;
