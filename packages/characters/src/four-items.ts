/**
 * The 基本4情報, and the 通称 of a foreign resident whose record carries one (千葉県運用規程 2-1-2(2)), as an application
 * or the register states them. Texts are compared as they came, never normalised beforehand.
 */
export interface FourItems {
  /** 氏名, 氏 and 名 divided by U+3000. */
  readonly name: string;
  /** 通称; `undefined` for everybody who has none. */
  readonly alias?: string | undefined;
  /** `EYYYYMMDD`. */
  readonly dateOfBirth: string;
  /** 1 male, 2 female, 3 unknown. */
  readonly gender: "1" | "2" | "3";
  readonly address: string;
}

/** The items compared, in the order in which a clerk reads them. */
export type ComparedItem = "name" | "alias" | "dateOfBirth" | "gender" | "address";

/** Ways of writing the same thing (表記ゆれ): the clerk may go on, giving the reason. */
export type Variation =
  | "width" // ａ a, ｱ ア
  | "letterCase" // Smith SMITH
  | "hyphen" // ー － − ‐ -
  | "variant" // 髙 高 (異体字)
  | "composition" // か゛ written as two code points
  | "smallKana" // ケ ヶ
  | "kanaScript" // の ノ, in an address
  | "iterationMark" // 佐々木 佐佐木
  | "space" // a space more, fewer or of another kind
  | "numeral" // 一丁目 １丁目
  | "blockNotation" // １丁目２番３号 １－２－３
  | "prefectureOmitted" // 千葉県 left off
  | "districtOmitted" // 印旛郡 left off
  | "azaOmitted" // 大字 or 字 left off
  | "buildingOmitted" // the name of the building left off the application
  | "eraNotation"; // the same day, with another era or none

/** What makes the two different people or places until shown otherwise: the clerk may not go on. */
export type Mismatch =
  | "different" // other characters
  | "missing" // the register has it, the application does not
  | "added" // the application has it, the register does not
  | "unknown"; // a part of the date that one of the two does not know

/** One place at which two texts differ. */
export interface Difference {
  /** `soft`: a way of writing; `hard`: not the same. */
  readonly severity: "soft" | "hard";
  readonly reason: Variation | Mismatch;
  /** Where it starts in the application's text, in code points from 1 (one past the end when the application lacks it). */
  readonly position: number;
  /** What stands there in the application; empty when it lacks it. */
  readonly application: string;
  /** Where it starts in the register's text, in code points from 1. */
  readonly registerPosition: number;
  /** What stands there in the register; empty when it lacks it. */
  readonly register: string;
}

/** The outcome for one item. `application` and `register` are the texts that positions count in. */
export interface ItemComparison {
  readonly item: ComparedItem;
  readonly application: string;
  readonly register: string;
  /** `same`: character by character; `soft`: only ways of writing; `hard`: at least one real difference. */
  readonly result: "same" | "soft" | "hard";
  readonly differences: readonly Difference[];
}
