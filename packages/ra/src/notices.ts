import type { Text } from "./views.ts";

/** Something the municipality must tell a resident, with the clause that says so. Stands on screen and on paper. */
export interface Notice {
  readonly id: string;
  readonly clause: string;
  readonly heading: Text;
  readonly body: Text;
}

/** Changes with every change of a text below; the case stores the version that was accepted. */
export const termsVersion = "2026-11-1";

/** The issue fee in yen (発行手数料, 千葉県運用規程 2-1-3(14)): set by the prefecture's ordinance. */
export const issueFeeYen = 500;

/** The duties a subscriber takes on (利用者の義務): accepted by the resident before a key is made. */
export const terms: readonly Notice[] = [
  {
    id: "trueStatements",
    clause: "千葉県運用規程 2-1-5(1)",
    heading: { ja: "申請書には正しく書きます", en: "I state the truth" },
    body: {
      ja: "発行申請書や失効申請書には、正しい内容を書きます。書いた内容にまちがいはありません。",
      en: "What I write in applications for issue and revocation is correct and true.",
    },
  },
  {
    id: "careOfKeyCardPassword",
    clause: "千葉県運用規程 2-1-5(2)(3)",
    heading: { ja: "カードとパスワードを守ります", en: "I keep card and password safe" },
    body: {
      ja: "秘密鍵の入ったICカードを安全に保管します。パスワードは人に教えず、定期的に変えます。",
      en: "I keep the card that holds my private key in a safe place, tell nobody the password, and change it regularly.",
    },
  },
  {
    id: "promptRevocation",
    clause: "千葉県運用規程 2-1-5(4)",
    heading: { ja: "危ないときは、すぐに失効を申請します", en: "I ask for revocation at once when in danger" },
    body: {
      ja: "カードをなくした、盗まれた、パスワードを知られたなど、秘密鍵があぶないときは、すみやかに市区町村の窓口で失効を申請します。",
      en: "If the card is lost or stolen or the password is known to others, I apply for revocation at the municipal counter without delay.",
    },
  },
  {
    id: "noOtherUse",
    clause: "千葉県運用規程 2-1-5(5)",
    heading: { ja: "決められた目的だけに使います", en: "I use it only for its purpose" },
    body: {
      ja: "電子証明書は、国や自治体などへのオンラインの申請・届出など、決められた使い道のほかには使いません。",
      en: "I use the certificate only for what it is meant for, such as online applications to public bodies.",
    },
  },
  {
    id: "fee",
    clause: "千葉県運用規程 2-1-5(6)",
    heading: { ja: "手数料をおさめます", en: "I pay the fee" },
    body: { ja: `発行手数料${issueFeeYen}円をおさめます。`, en: `I pay the issue fee of ${issueFeeYen} yen.` },
  },
  {
    id: "noDeposit",
    clause: "千葉県運用規程 6-2-2-2",
    heading: { ja: "秘密鍵を人にあずけません", en: "I deposit my key with nobody" },
    body: {
      ja: "秘密鍵（の入ったカード）を、ほかの人や会社にあずけません。県も市区町村も、あずかることはありません。",
      en: "I do not deposit my private key, or the card with it, with anyone. Neither prefecture nor municipality ever takes it.",
    },
  },
];

/** What the municipality explains when it hands the certificate over; acknowledged one by one, and printed on the copy. */
export const notices: readonly Notice[] = [
  {
    id: "strictCare",
    clause: "千葉県運用規程 4-3-2",
    heading: { ja: "きびしく管理してください", en: "Keep them strictly" },
    body: {
      ja: "秘密鍵、それが入ったICカード、カードを使うためのパスワードは、あなたの責任で、厳重に管理してください。",
      en: "The private key, the IC card that holds it and the password that opens it are yours to keep strictly, on your own responsibility.",
    },
  },
  {
    id: "reportLoss",
    clause: "千葉県運用規程 4-3-2",
    heading: { ja: "なくしたら、すぐに届け出てください", en: "Report a loss at once" },
    body: {
      ja: "秘密鍵やカードをなくしたり盗まれたりしたときは、すぐに市区町村の窓口に届け出て、失効の申請をしてください。",
      en: "If the key or the card is lost or stolen, tell the municipal counter without delay and apply for revocation.",
    },
  },
  {
    id: "limitsOfUse",
    clause: "千葉県運用規程 2-1-3(9)、1-3-2 ①",
    heading: { ja: "使えるところ", en: "Where it may be used" },
    body: {
      ja: "行政機関や裁判所へのオンラインの申請・届出、法律で認められた署名検証者による本人確認に使えます。ほかの用途には使えません。有効期間は3年です。",
      en: "It may be used for online applications to public bodies and courts, and for identification by verifiers admitted by law; for nothing else. It is valid for three years.",
    },
  },
  {
    id: "penalties",
    clause: "千葉県運用規程 2-1-3(9)",
    heading: { ja: "不正に使うと罰せられます", en: "Abuse is punished" },
    body: {
      ja: "うその申請をして証明書を発行させることや、証明書を不正に使うことは、法律により罰せられることがあります。",
      en: "Obtaining a certificate by false statements, or abusing one, can be punished by law.",
    },
  },
  {
    id: "duties",
    clause: "千葉県運用規程 2-1-5",
    heading: { ja: "あなたの約束", en: "Your duties" },
    body: {
      ja: "申請書には正しいことを書く。鍵・カード・パスワードを安全に保ち、パスワードを定期的に変える。あぶないときはすぐに失効を申請する。決められた目的だけに使う。",
      en: "State the truth in applications; keep key, card and password safe and change the password regularly; apply for revocation promptly when in danger; use it for its purpose only.",
    },
  },
  {
    id: "noDeposit",
    clause: "千葉県運用規程 6-2-2-2",
    heading: { ja: "人にあずけないでください", en: "Deposit it with nobody" },
    body: {
      ja: "秘密鍵をほかの人にあずけることは認められていません。県があずかることもありません。",
      en: "Depositing the private key with anyone is not allowed, and the prefecture never takes it in deposit.",
    },
  },
  {
    id: "clientSoftware",
    clause: "千葉県運用規程 2-1-3(17)",
    heading: { ja: "パソコンで使うには", en: "To use it on your computer" },
    body: {
      ja: "ご自宅のパソコンで使うには「利用者クライアントソフト」とカードリーダーが必要です。公的個人認証サービスのポータルサイト（www.jpki.go.jp）から無料で入手できます。わからないときは窓口でおたずねください。",
      en: "On your own computer you need the JPKI client software and a card reader. The software is free of charge at the JPKI portal (www.jpki.go.jp). Ask at the counter if you need help.",
    },
  },
];
