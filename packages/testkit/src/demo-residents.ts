import { residentCodeCheckDigit } from "@mitome/characters";
import type { SyntheticResident } from "./residents.ts";

const resident = (
  firstTen: string,
  facts: Omit<SyntheticResident, "residentCode" | "alias" | "aliasKana" | "registerVersion"> &
    Partial<SyntheticResident>,
): SyntheticResident => ({
  residentCode: firstTen + residentCodeCheckDigit(firstTen),
  alias: null,
  aliasKana: null,
  registerVersion: 1,
  ...facts,
});

const twinsAddress = "千葉県船橋市本町四丁目１２番３号　コーポ花２０１号室";

/**
 * Invented residents that demonstrations and tests name: their properties never change, whatever the seed. Their
 * 住民票コード begin with 90, and no other resident's code equals one of them.
 */
export const demoResidents = {
  /** Plain characters, nothing unusual: the issue of the demonstration. */
  hanako: resident("9000000001", {
    municipality: "121002",
    name: "山田　花子",
    nameKana: "ヤマダ　ハナコ",
    dateOfBirth: "319640107",
    gender: "2",
    address: "千葉県千葉市中央区市場町１番１号",
  }),
  /** Plain characters, a second person of the same municipality. */
  ichiro: resident("9000000002", {
    municipality: "121002",
    name: "中村　一郎",
    nameKana: "ナカムラ　イチロウ",
    dateOfBirth: "419890108",
    gender: "1",
    address: "千葉県千葉市美浜区高洲四丁目５番６号　グリーンハイツ１０２号室",
  }),
  /** 髙 is outside JIS X 0208 and JIS X 0212: refused until a 代替文字 is chosen. */
  takahashi: resident("9000000003", {
    municipality: "121002",
    name: "髙橋　一郎",
    nameKana: "タカハシ　イチロウ",
    dateOfBirth: "319551103",
    gender: "1",
    address: "千葉県千葉市稲毛区小仲台六丁目１８番２号",
  }),
  /** A character beyond the basic plane. */
  yoshida: resident("9000000004", {
    municipality: "121002",
    name: "𠮷田　美咲",
    nameKana: "ヨシダ　ミサキ",
    dateOfBirth: "419980630",
    gender: "2",
    address: "千葉県千葉市緑区おゆみ野三丁目７番１１号",
  }),
  /** A foreign resident with a 通称. */
  hoa: resident("9000000005", {
    municipality: "121002",
    name: "ＮＧＵＹＥＮ　ＴＨＩ　ＨＯＡ",
    nameKana: "グエン　ティ　ホア",
    alias: "高山　花",
    aliasKana: "タカヤマ　ハナ",
    dateOfBirth: "019930215",
    gender: "2",
    address: "千葉県千葉市花見川区幕張本郷二丁目９番１号　メゾン桜３０３号室",
  }),
  /** A foreign resident without one. */
  john: resident("9000000006", {
    municipality: "121002",
    name: "ＳＭＩＴＨ　ＪＯＨＮ　ＰＡＵＬ",
    nameKana: "スミス　ジョン　ポール",
    dateOfBirth: "019780704",
    gender: "1",
    address: "千葉県千葉市美浜区ひび野一丁目２番３号",
  }),
  /** Month and day of birth unknown. */
  yone: resident("9000000007", {
    municipality: "121002",
    name: "石井　よね",
    nameKana: "イシイ　ヨネ",
    dateOfBirth: "319350000",
    gender: "2",
    address: "千葉県千葉市若葉区桜木三丁目１０番５号",
    registerVersion: 4,
  }),
  /** Twins at one address, the same gender: the given name alone tells them apart. */
  sho: resident("9000000008", {
    municipality: "122041",
    name: "佐藤　翔",
    nameKana: "サトウ　ショウ",
    dateOfBirth: "420040512",
    gender: "1",
    address: twinsAddress,
  }),
  ryo: resident("9000000009", {
    municipality: "122041",
    name: "佐藤　亮",
    nameKana: "サトウ　リョウ",
    dateOfBirth: "420040512",
    gender: "1",
    address: twinsAddress,
  }),
  /** Same name, day and gender in two municipalities. */
  suzukiOfMatsudo: resident("9000000010", {
    municipality: "122076",
    name: "鈴木　一郎",
    nameKana: "スズキ　イチロウ",
    dateOfBirth: "319731022",
    gender: "1",
    address: "千葉県松戸市小金原六丁目２番８号",
  }),
  suzukiOfKashiwa: resident("9000000011", {
    municipality: "122173",
    name: "鈴木　一郎",
    nameKana: "スズキ　イチロウ",
    dateOfBirth: "319731022",
    gender: "1",
    address: "千葉県柏市柏五丁目１０番１号",
  }),
  /** Born on the day before the register's day. */
  newborn: resident("9000000012", {
    municipality: "122203",
    name: "林　陽葵",
    nameKana: "ハヤシ　ヒマリ",
    dateOfBirth: "520260330",
    gender: "2",
    address: "千葉県流山市おおたかの森西一丁目１３番１号",
  }),
  /** 110 years old. */
  eldest: resident("9000000013", {
    municipality: "122050",
    name: "川名　キヨ",
    nameKana: "カワナ　キヨ",
    dateOfBirth: "219151201",
    gender: "2",
    address: "千葉県館山市那古１６８０番地の１",
    registerVersion: 6,
  }),
  /** A village, with its 郡. */
  villager: resident("9000000014", {
    municipality: "124231",
    name: "齋藤　實",
    nameKana: "サイトウ　ミノル",
    dateOfBirth: "319480229",
    gender: "1",
    address: "千葉県長生郡長生村本郷２１番地",
  }),
} as const satisfies Readonly<Record<string, SyntheticResident>>;
