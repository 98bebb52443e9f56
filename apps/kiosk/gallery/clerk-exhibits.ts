import { type ClerkView, identityDocumentKinds, type PersonView } from "@mitome/ra";

/** An invented resident with a name outside the everyday: long address, character that needs care. */
export const person: PersonView = {
  name: "渡邉　美咲",
  furigana: "わたなべ　みさき",
  alias: null,
  address: "千葉県千葉市中央区千葉港一丁目２３番４－５０６号",
  dateOfBirth: "昭和64年1月7日",
  gender: { ja: "女", en: "Female" },
};

const foreigner: PersonView = {
  name: "ＮＧＵＹＥＮ　ＴＨＩ　ＨＯＡ",
  furigana: "ぐえん　てぃ　ほあ",
  alias: "原田　花",
  address: "千葉県千葉市美浜区真砂五丁目１５番１号",
  dateOfBirth: "1995年3月12日",
  gender: { ja: "女", en: "Female" },
};

const certificate = {
  serial: "7c0de5a19f3b44d2a86e01f2c3d4e5f6",
  notBefore: "2026-11-22T02:15:00.000Z",
  notAfter: "2029-11-21T14:59:59.000Z",
  issuer: "C=JP, O=Chiba Prefecture, CN=The Governor of Chiba Prefecture",
};

const frame = {
  caseId: "0192f3a4-5b6c-7d8e-9f00-112233445566",
  custody: { holder: "clerk", onReader: false, doNotRemove: false },
  trouble: null,
  otherScreen: true,
  agent: true,
  call: null,
} as const;

const onReader = { holder: "clerk", onReader: true, doNotRemove: false } as const;
const withResident = { holder: "resident", onReader: false, doNotRemove: false } as const;
const writing = { holder: "reader", onReader: true, doNotRemove: true } as const;

const same = (item: "dateOfBirth" | "gender", text: string) => ({
  item,
  register: [{ kind: "same", text }] as const,
  application: [{ kind: "same", text }] as const,
  applicationText: text,
  verdict: "same" as const,
  differences: [],
  confirmed: true,
});

const compare = {
  ...frame,
  screen: "compare",
  station: "comparison",
  applicationDate: "2026-11-22",
  furigana: "わたなべ　みさき",
  items: [
    {
      item: "name",
      register: [
        { kind: "same", text: "渡" },
        { kind: "hard", text: "邉" },
        { kind: "same", text: "　美咲" },
      ],
      application: [
        { kind: "same", text: "渡" },
        { kind: "hard", text: "辺" },
        { kind: "same", text: "　美咲" },
      ],
      applicationText: "渡辺　美咲",
      verdict: "different",
      differences: [{ ja: "異体字", en: "variant character" }],
      confirmed: false,
    },
    same("dateOfBirth", "昭和64年1月7日"),
    same("gender", "女"),
    {
      item: "address",
      register: [
        { kind: "same", text: "千葉県千葉市中央区千葉港一丁目２３番４" },
        { kind: "soft", text: "－" },
        { kind: "same", text: "５０６号" },
      ],
      application: [
        { kind: "same", text: "千葉県千葉市中央区千葉港一丁目２３番４" },
        { kind: "soft", text: "の" },
        { kind: "same", text: "５０６号" },
      ],
      applicationText: "千葉県千葉市中央区千葉港一丁目２３番４の５０６号",
      verdict: "spelling",
      differences: [{ ja: "「の」とハイフン", en: "hyphen" }],
      confirmed: false,
    },
  ],
  ready: false,
  disputed: false,
} as const satisfies ClerkView;

const doubleIssue = {
  reason: "subscriberAlreadyHasCertificate",
  what: {
    ja: "有効な電子証明書をすでに持っています。",
    en: "The person already holds a valid certificate.",
  },
  clause: "千葉県運用規程 4-2-3",
  next: [
    { ja: "更新する場合は、いまのカードを持って更新の手続をします。", en: "To renew, bring the present card." },
    {
      ja: "カードをなくした場合は、さきに失効の申請をします。",
      en: "If the card is lost, apply for revocation first.",
    },
  ],
};

const trouble = {
  reason: "authorityAway",
  what: { ja: "認証局につながりません。", en: "The authority cannot be reached." },
  clause: null,
  next: [{ ja: "つながり次第、自動で続きます。このままお待ちください。", en: "It goes on by itself. Please wait." }],
};

const refusal = {
  reason: "publicKeyRefused",
  what: { ja: "作られた鍵が検査に通りませんでした。", en: "The key did not pass the checks." },
  clause: "千葉県運用規程 2-1-3(5)",
  next: [{ ja: "新しい鍵を作り直します（パスワードの入力からやり直し）。", en: "Make a new key." }],
};

/** Every screen the clerk can see, by a name of its own. */
export const clerkExhibits = {
  menu: {
    screen: "menu",
    clerkName: "千葉　花子",
    municipality: "千葉市",
    counter: "窓口1",
    suspended: [
      {
        caseId: "0192f3a4-0000-7d8e-9f00-112233445566",
        name: "佐藤　健",
        station: "issuance",
        since: "2026-11-22T01:05:00Z",
      },
      {
        caseId: "0192f3a4-0001-7d8e-9f00-112233445566",
        name: null,
        station: "register",
        since: "2026-11-22T00:40:00Z",
      },
    ],
    agent: true,
    otherScreen: false,
    last: { caseId: frame.caseId, serial: certificate.serial },
  },
  placeCard: { ...frame, screen: "placeCard", station: "card", unsuitable: null },
  unsuitableCard: {
    ...frame,
    screen: "placeCard",
    station: "card",
    custody: onReader,
    agent: false,
    unsuitable: {
      reason: "cardHoldsCertificate",
      what: { ja: "このカードには、すでに電子証明書が入っています。", en: "The card already holds a certificate." },
      clause: "千葉県運用規程 4-1-1 ①",
      next: [{ ja: "更新または失効の手続をしてください。", en: "Apply for renewal or revocation." }],
    },
  },
  search: {
    ...frame,
    screen: "searchRegister",
    station: "register",
    custody: onReader,
    candidates: null,
    problem: null,
  },
  searchProblem: {
    ...frame,
    screen: "searchRegister",
    station: "register",
    custody: onReader,
    candidates: null,
    problem: {
      reason: "dateDoesNotExist",
      what: { ja: "昭和64年1月8日という日はありません。", en: "There was no such day." },
      clause: null,
      next: [{ ja: "昭和は64年1月7日までです。申請書を確かめてください。", en: "Check the form." }],
    },
  },
  candidates: {
    ...frame,
    screen: "searchRegister",
    station: "register",
    custody: onReader,
    candidates: [
      { ...person, ref: "a" },
      { ...foreigner, ref: "b" },
    ],
    problem: null,
  },
  noCandidates: {
    ...frame,
    screen: "searchRegister",
    station: "register",
    custody: onReader,
    candidates: [],
    problem: null,
  },
  compare,
  disputed: { ...compare, disputed: true },
  compareReady: {
    ...compare,
    items: compare.items.map((item) => ({
      ...item,
      register: [{ kind: "same", text: item.register.map(({ text }) => text).join("") }],
      application: [{ kind: "same", text: item.register.map(({ text }) => text).join("") }],
      verdict: "same",
      differences: [],
      confirmed: true,
    })),
    ready: true,
  },
  identity: {
    ...frame,
    screen: "identity",
    station: "identity",
    custody: onReader,
    documents: identityDocumentKinds,
    problem: null,
    person,
  },
  identityProblem: {
    ...frame,
    screen: "identity",
    station: "identity",
    custody: onReader,
    documents: identityDocumentKinds,
    problem: {
      reason: "documentExpired",
      what: { ja: "書類の有効期限が切れています。", en: "The document has expired." },
      clause: "千葉県運用規程 3-1-9 ②",
      next: [{ ja: "有効な別の書類を出してもらってください。", en: "Ask for another document." }],
    },
    person,
  },
  application: {
    ...frame,
    screen: "application",
    station: "application",
    custody: onReader,
    document: "application",
    person,
  },
  giveCard: { ...frame, screen: "giveCard", station: "application", custody: onReader, person },
  withResident: {
    ...frame,
    screen: "withResident",
    station: "password",
    custody: withResident,
    residentScreen: "password",
    person,
  },
  residentCalls: {
    ...frame,
    screen: "withResident",
    station: "terms",
    custody: withResident,
    residentScreen: "clerkComes",
    call: "stop",
    person,
  },
  receiveCard: { ...frame, screen: "receiveCard", station: "key", custody: withResident, person },
  confirmIssuance: {
    ...frame,
    screen: "confirmIssuance",
    station: "issuance",
    custody: onReader,
    person: foreigner,
    identityDocument: { ja: "在留カード", en: "Residence card" },
    keyFingerprint: "A3F1 09C2 77DE 4B18 5E60 D2C4 91AB 3F07 6D58 E2B9 10CC 84A5 F36B 720E 9D41 58C7",
    algorithm: "RSA 2048ビット",
  },
  working: { ...frame, screen: "working", station: "issuance", custody: writing, work: "store" },
  workingInTrouble: {
    ...frame,
    screen: "working",
    station: "issuance",
    custody: onReader,
    work: "issue",
    trouble: { ...trouble, retrying: true },
  },
  workingStuck: {
    ...frame,
    screen: "working",
    station: "issuance",
    custody: onReader,
    work: "issue",
    trouble: { ...trouble, retrying: false },
  },
  notices: {
    ...frame,
    screen: "notices",
    station: "notices",
    custody: onReader,
    acknowledged: 3,
    total: 7,
    certificate,
  },
  papers: {
    ...frame,
    screen: "papers",
    station: "papers",
    custody: onReader,
    certificate,
    documents: ["certificateCopy", "receipt"],
    feeYen: 500,
    feeReceived: false,
    copyGiven: false,
  },
  papersFeeReceived: {
    ...frame,
    screen: "papers",
    station: "papers",
    custody: onReader,
    certificate,
    documents: ["certificateCopy", "receipt"],
    feeYen: 500,
    feeReceived: true,
    copyGiven: false,
  },
  returnCard: { ...frame, screen: "returnCard", station: "handOver", custody: onReader, certificate },
  doubleIssue: {
    ...frame,
    screen: "doubleIssue",
    station: "register",
    explanation: doubleIssue,
    certificate: {
      serialTail: "9f3b",
      notBefore: "2025-04-02T03:00:00Z",
      notAfter: "2028-04-01T14:59:59Z",
      municipality: "船橋市",
    },
  },
  refused: {
    ...frame,
    screen: "refused",
    station: "issuance",
    explanation: refusal,
    ways: ["newKey", "compareAgain", "end"],
  },
  delivered: { ...frame, screen: "ended", station: "handOver", outcome: "delivered", explanation: null },
  endedForDoubt: { ...frame, screen: "ended", station: "identity", outcome: "doubt", explanation: refusal },
} as const satisfies Record<string, ClerkView>;
