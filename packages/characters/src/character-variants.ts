// Groups of 異体字 that applications and registers mix up, most of them in family names and place names: a character with
// its old, popular or printed forms. Written for this project from the 康熙字典体 of the 常用漢字表 and the forms common in
// family registers. A group only turns "different" into "a way of writing that a clerk may accept with a reason"; nothing
// is ever replaced. Different characters that people take for one another (斎 斉, 花 華, 坂 阪) are not here on purpose.
const groups =
  "高髙 崎﨑嵜㟢 吉𠮷 徳德 増增 瀬瀨 横橫 黒黑 寛寬 " +
  "柳栁桺 頼賴 薫薰 浜濱濵 島嶋嶌 沢澤 広廣 橋槗 祇祗 鴎鷗 桜櫻 桧檜 真眞 恵惠 栄榮 " +
  "円圓 塩鹽 奥奧 応應 亜亞 為爲 隠隱 衛衞 園薗 温溫 会會 絵繪 学學 覚覺 関關 観觀 " +
  "巌巖 気氣 亀龜 帰歸 旧舊 峡峽 狭狹 暁曉 区區 駆驅 勲勳 径徑 渓溪 経經 茎莖 継繼 " +
  "鶏鷄 芸藝 県縣 剣劍劔劎 険險 圏圈 検檢 験驗 顕顯 厳嚴 国國圀 斎齋 済濟 歳歲 剤劑 " +
  "桟棧 蚕蠶 賛贊 残殘 糸絲 児兒 辞辭 湿濕 実實 釈釋 寿壽 収收 従從 渋澁 縦縱 処處 " +
  "緒緖 叙敍 将將 称稱 焼燒 証證 奨奬 条條 状狀 乗乘 浄淨 剰剩 畳疊 縄繩 壌壤 嬢孃 " +
  "譲讓 静靜 醸釀 慎愼 尽盡 図圖 粋粹 酔醉 随隨 数數 枢樞 声聲 青靑 清淸 摂攝 専專 " +
  "浅淺 戦戰 践踐 銭錢 潜潛 繊纖 禅禪 双雙 壮壯 荘莊 捜搜 挿插 巣巢 曽曾 争爭 総總 " +
  "聡聰 騒騷 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對 体體 帯帶 滞滯 台臺 滝瀧 択擇 単單 " +
  "担擔 胆膽 団團 弾彈 遅遲 痴癡 虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 鎮鎭 逓遞 鉄鐵 転轉 " +
  "点點 伝傳 党黨 盗盜 灯燈 当當 闘鬪 独獨 読讀 届屆 富冨 内內 弐貳 悩惱 脳腦 覇霸 " +
  "拝拜 廃廢 売賣 麦麥 発發 髪髮 抜拔 蛮蠻 秘祕 姫姬 彦彥 弥彌 瓶甁 仏佛 払拂 併倂 " +
  "並竝 餅餠 変變 辺邊邉 弁辨瓣辯 歩步 宝寶寳 峰峯 豊豐 褒襃 毎每 槙槇 桝枡 万萬 " +
  "満滿 黙默 薬藥 訳譯 与與 誉譽 余餘 予豫 揺搖 様樣 謡謠 遥遙 来來 乱亂 覧覽 竜龍 " +
  "両兩 猟獵 緑綠 塁壘 涙淚 礼禮 励勵 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 郎郞 " +
  "楼樓 録錄 湾灣 籠篭 竃竈 諌諫 鯵鰺 鴬鶯 鹸鹼 蝋蠟 頬頰 掴摑 噛嚙 屏屛 繋繫 蒋蔣 " +
  "醤醬 莱萊 涌湧 館舘 野埜 秋穐 松枩 船舩 村邨 留畄 略畧 飲飮 鰯鰮 淵渕 桑桒 翠翆 " +
  "曻昇 凉涼 冝宜 凜凛 熙煕 晄晃 喜㐂 恒恆 啓啟 鉱鑛 穂穗 禄祿 穣穰 猪豬 郷鄕 虚虛 " +
  "戻戾 掲揭 撃擊 渇渴 斉齊 蛍螢 釜釡 祢禰 尭堯 瑶瑤 薮藪籔 嶽岳 欠缺 隣鄰 煙烟 " +
  "鶴靏靎 煇輝 恊協 圡土𡈽 侭儘 迩邇 砺礪 祷禱 涛濤 頚頸 鴈雁 閒間";

const firstOfGroup: ReadonlyMap<string, string> = new Map(
  groups.split(" ").flatMap(([first = "", ...others]) => others.map((other): [string, string] => [other, first])),
);

/**
 * The character that stands for a character and its variants, for comparing only: variation selectors are dropped and
 * compatibility ideographs (U+FA11 …) taken for what they are compatible with.
 */
export function withoutVariant(character: string): string {
  const plain = character.replaceAll(/\p{Variation_Selector}/gu, "").normalize("NFC");
  return firstOfGroup.get(plain) ?? plain;
}
