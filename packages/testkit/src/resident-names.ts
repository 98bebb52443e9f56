// Names of an invented people: common Japanese family and given names with their readings, and names as foreign
// residents are registered (full-width letters or katakana). No list of real persons went into it.

// U+3000 stands inside names; pairs are divided by plain spaces and line ends.
const pairs = (text: string): readonly (readonly [string, string])[] =>
  text
    .trim()
    .split(/[ \n]+/)
    .map((pair) => {
      const [written = "", read = ""] = pair.split(":");
      return [written, read] as const;
    });

/** Family names with katakana reading, the commonest first (weights fall with the place). */
export const familyNames = pairs(`
鈴木:スズキ 高橋:タカハシ 佐藤:サトウ 渡辺:ワタナベ 伊藤:イトウ 田中:タナカ 斎藤:サイトウ 石井:イシイ 小林:コバヤシ 加藤:カトウ
中村:ナカムラ 吉田:ヨシダ 山本:ヤマモト 林:ハヤシ 山田:ヤマダ 佐々木:ササキ 石橋:イシバシ 高木:タカギ 山口:ヤマグチ 木村:キムラ
鵜澤:ウザワ 秋葉:アキバ 石毛:イシゲ 椎名:シイナ 宍倉:シシクラ 宮内:ミヤウチ 花澤:ハナザワ 鎌田:カマタ 大野:オオノ 青木:アオキ
松本:マツモト 清水:シミズ 井上:イノウエ 金子:カネコ 安藤:アンドウ 森:モリ 池田:イケダ 橋本:ハシモト 阿部:アベ 石川:イシカワ
小川:オガワ 前田:マエダ 岡田:オカダ 長谷川:ハセガワ 藤田:フジタ 後藤:ゴトウ 近藤:コンドウ 村上:ムラカミ 遠藤:エンドウ 坂本:サカモト
福田:フクダ 太田:オオタ 西村:ニシムラ 藤井:フジイ 三浦:ミウラ 岡本:オカモト 松田:マツダ 中島:ナカジマ 中川:ナカガワ 原田:ハラダ
小野:オノ 田村:タムラ 竹内:タケウチ 和田:ワダ 中山:ナカヤマ 渡邉:ワタナベ 渡邊:ワタナベ 齋藤:サイトウ 齊藤:サイトウ 濱田:ハマダ
澤田:サワダ 廣瀬:ヒロセ 櫻井:サクライ 土屋:ツチヤ 野口:ノグチ 菊池:キクチ 根本:ネモト 飯田:イイダ 星野:ホシノ 武田:タケダ
上野:ウエノ 杉山:スギヤマ 千葉:チバ 増田:マスダ 小山:コヤマ 大塚:オオツカ 平野:ヒラノ 久保:クボ 岩崎:イワサキ 安田:ヤスダ
川名:カワナ 伊東:イトウ 御子神:ミコガミ 君塚:キミヅカ 篠原:シノハラ 佐瀬:サセ 海保:カイホ 越川:コシカワ 行木:ナメキ 布施:フセ
向後:コウゴ 加瀬:カセ 八木:ヤギ 飯島:イイジマ 島田:シマダ 嶋田:シマダ 五十嵐:イガラシ 九十九:ツクモ 一ノ瀬:イチノセ 大久保:オオクボ
`);

/** Family names with a character outside JIS X 0208 and JIS X 0212. */
export const familyNamesOutside = pairs(`
髙橋:タカハシ 髙木:タカギ 山﨑:ヤマザキ 𠮷田:ヨシダ 德永:トクナガ 廣瀨:ヒロセ 増﨑:マスザキ 黑田:クロダ 栁澤:ヤナギサワ 濵﨑:ハマサキ 橫山:ヨコヤマ 瀨戸:セト
`);

/** Given names of men, by the year from which they are common. */
export const givenNamesOfMen = [
  {
    from: 0,
    names: pairs(
      "正:タダシ 清:キヨシ 三郎:サブロウ 茂:シゲル 勇:イサム 実:ミノル 武:タケシ 正雄:マサオ 一郎:イチロウ 義雄:ヨシオ 昇:ノボル 進:ススム 勝:マサル 博:ヒロシ 弘:ヒロシ 和夫:カズオ 幸雄:ユキオ 正義:マサヨシ 喜一:キイチ 與一:ヨイチ",
    ),
  },
  {
    from: 1950,
    names: pairs(
      "隆:タカシ 修:オサム 浩:ヒロシ 誠:マコト 豊:ユタカ 明:アキラ 健一:ケンイチ 浩一:コウイチ 洋一:ヨウイチ 和彦:カズヒコ 哲也:テツヤ 秀樹:ヒデキ 直樹:ナオキ 達也:タツヤ 剛:ツヨシ 学:マナブ 英樹:ヒデキ 徹:トオル 淳:ジュン 聡:サトシ",
    ),
  },
  {
    from: 1980,
    names: pairs(
      "大輔:ダイスケ 健太:ケンタ 翔太:ショウタ 拓也:タクヤ 翔:ショウ 大樹:ダイキ 雄太:ユウタ 亮:リョウ 祐介:ユウスケ 健:ケン 駿:シュン 涼太:リョウタ 直人:ナオト 和也:カズヤ 拓海:タクミ 優太:ユウタ 遼:リョウ 誠一郎:セイイチロウ 恭平:キョウヘイ 航:ワタル",
    ),
  },
  {
    from: 2005,
    names: pairs(
      "蓮:レン 陽翔:ハルト 湊:ミナト 樹:イツキ 悠真:ユウマ 大翔:ヒロト 颯太:ソウタ 蒼:アオイ 朝陽:アサヒ 律:リツ 碧:アオ 陽向:ヒナタ 結翔:ユイト 新:アラタ 暖:ダン 伊織:イオリ 奏:カナデ 晴:ハル 匠:タクミ りく:リク",
    ),
  },
] as const;

/** Given names of women, by the year from which they are common. */
export const givenNamesOfWomen = [
  {
    from: 0,
    names: pairs(
      "ハル:ハル キヨ:キヨ ハナ:ハナ 千代:チヨ 文子:フミコ 静子:シズコ 久子:ヒサコ 和子:カズコ 幸子:サチコ 節子:セツコ 洋子:ヨウコ 京子:キョウコ 美智子:ミチコ 良子:ヨシコ 花子:ハナコ 愛子:アイコ 敏子:トシコ 信子:ノブコ よね:ヨネ 惠子:ケイコ",
    ),
  },
  {
    from: 1950,
    names: pairs(
      "恵子:ケイコ 由美子:ユミコ 真由美:マユミ 明美:アケミ 久美子:クミコ 裕子:ユウコ 陽子:ヨウコ 直美:ナオミ 智子:トモコ 由美:ユミ 美香:ミカ 真理子:マリコ 香織:カオリ 理恵:リエ 純子:ジュンコ 典子:ノリコ 千春:チハル かおり:カオリ 昌子:マサコ 弘美:ヒロミ",
    ),
  },
  {
    from: 1980,
    names: pairs(
      "愛:アイ 美穂:ミホ 麻衣:マイ 彩:アヤ 舞:マイ 美咲:ミサキ 葵:アオイ 千尋:チヒロ 彩香:アヤカ 萌:モエ 遥:ハルカ 優花:ユウカ 沙織:サオリ 瞳:ヒトミ 綾香:アヤカ 奈々:ナナ さくら:サクラ 桃子:モモコ 恵:メグミ 真央:マオ",
    ),
  },
  {
    from: 2005,
    names: pairs(
      "陽葵:ヒマリ 凛:リン 紬:ツムギ 結菜:ユイナ 芽依:メイ 莉子:リコ 澪:ミオ 詩:ウタ 結衣:ユイ 葵:アオイ 杏:アン さくら:サクラ 美月:ミヅキ 咲良:サクラ 花:ハナ 心春:コハル 琴音:コトネ 楓:カエデ ひなた:ヒナタ あかり:アカリ",
    ),
  },
] as const;

/** Names of foreign residents: family name and given names (men's, women's) of several countries. */
export const foreignNames = [
  {
    family: pairs("ＮＧＵＹＥＮ:グエン ＴＲＡＮ:チャン ＬＥ:レ ＰＨＡＭ:ファム"),
    men: pairs("ＶＡＮ　ＡＮ:ヴァン　アン ＤＵＣ　ＭＩＮＨ:ドゥック　ミン"),
    women: pairs("ＴＨＩ　ＨＯＡ:ティ　ホア ＴＨＩ　ＬＡＮ:ティ　ラン"),
  },
  {
    family: pairs("ＳＡＮＴＯＳ:サントス ＲＥＹＥＳ:レイエス ＤＥＬＡ　ＣＲＵＺ:デラ　クルス"),
    men: pairs("ＪＯＳＥ:ホセ ＭＡＲＫ　ＡＮＴＨＯＮＹ:マーク　アンソニー"),
    women: pairs("ＭＡＲＩＡ　ＴＥＲＥＳＡ:マリア　テレサ ＡＮＧＥＬ　ＭＡＥ:エンジェル　メイ"),
  },
  {
    family: pairs("王:ワン 李:リ 陳:チン 劉:リュウ 張:チョウ"),
    men: pairs("偉:イ 建国:ケンコク 志強:シキョウ"),
    women: pairs("芳:ホウ 麗:レイ 秀英:シュウエイ"),
  },
  {
    family: pairs("金:キム 朴:パク 崔:チェ 鄭:チョン"),
    men: pairs("民俊:ミンジュン 志勲:ジフン"),
    women: pairs("書妍:ソヨン 智友:ジウ"),
  },
  {
    family: pairs("ＳＨＡＲＭＡ:シャルマ ＧＵＲＵＮＧ:グルン ＳＩＮＧＨ:シン"),
    men: pairs("ＲＡＪＥＳＨ:ラジェシュ ＢＩＳＨＡＬ:ビシャル"),
    women: pairs("ＳＩＴＡ:シタ ＡＮＪＡＬＩ:アンジャリ"),
  },
  {
    family: pairs("ＳＭＩＴＨ:スミス ＯＢＲＩＥＮ:オブライエン ＭＵＬＬＥＲ:ミュラー"),
    men: pairs("ＪＯＨＮ　ＰＡＵＬ:ジョン　ポール ＴＨＯＭＡＳ:トーマス"),
    women: pairs("ＭＡＲＹ　ＡＮＮ:メアリー　アン ＡＮＮＡ:アンナ"),
  },
] as const;

/** Names of buildings, without the number of the room. */
export const buildingNames =
  "コーポ花 メゾン桜 グリーンハイツ サンライズ第二 パークホームズ 幸荘 県営住宅１号棟 ライオンズガーデン ハイム青葉 ヴィラ・デ・マール シティハウスＡ棟".split(
    " ",
  );
