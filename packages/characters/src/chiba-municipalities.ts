/** A municipality: what certificates, screens and equipment call it. */
export interface Municipality {
  /** Six digits, the last a check digit. */
  readonly code: string;
  readonly name: string;
  /** In hiragana. */
  readonly kana: string;
  /** Hepburn, as certificates write it: `Chiba-shi`. */
  readonly romaji: string;
}

/**
 * The 54 municipalities of Chiba Prefecture (37 cities, 16 towns, a village; 千葉市 as one, without its wards), in the
 * order of their codes: the ones whose residents the authority "chiba" certifies. Codes and names are those of the
 * 全国地方公共団体コード (総務省, public); a test checks each check digit. 大網白里 stands as the city it has been since
 * 2013-01-01.
 */
export const chibaMunicipalities: readonly Municipality[] = [
  { code: "121002", name: "千葉市", kana: "ちばし", romaji: "Chiba-shi" },
  { code: "122025", name: "銚子市", kana: "ちょうしし", romaji: "Choshi-shi" },
  { code: "122033", name: "市川市", kana: "いちかわし", romaji: "Ichikawa-shi" },
  { code: "122041", name: "船橋市", kana: "ふなばしし", romaji: "Funabashi-shi" },
  { code: "122050", name: "館山市", kana: "たてやまし", romaji: "Tateyama-shi" },
  { code: "122068", name: "木更津市", kana: "きさらづし", romaji: "Kisarazu-shi" },
  { code: "122076", name: "松戸市", kana: "まつどし", romaji: "Matsudo-shi" },
  { code: "122084", name: "野田市", kana: "のだし", romaji: "Noda-shi" },
  { code: "122106", name: "茂原市", kana: "もばらし", romaji: "Mobara-shi" },
  { code: "122114", name: "成田市", kana: "なりたし", romaji: "Narita-shi" },
  { code: "122122", name: "佐倉市", kana: "さくらし", romaji: "Sakura-shi" },
  { code: "122131", name: "東金市", kana: "とうがねし", romaji: "Togane-shi" },
  { code: "122157", name: "旭市", kana: "あさひし", romaji: "Asahi-shi" },
  { code: "122165", name: "習志野市", kana: "ならしのし", romaji: "Narashino-shi" },
  { code: "122173", name: "柏市", kana: "かしわし", romaji: "Kashiwa-shi" },
  { code: "122181", name: "勝浦市", kana: "かつうらし", romaji: "Katsuura-shi" },
  { code: "122190", name: "市原市", kana: "いちはらし", romaji: "Ichihara-shi" },
  { code: "122203", name: "流山市", kana: "ながれやまし", romaji: "Nagareyama-shi" },
  { code: "122211", name: "八千代市", kana: "やちよし", romaji: "Yachiyo-shi" },
  { code: "122220", name: "我孫子市", kana: "あびこし", romaji: "Abiko-shi" },
  { code: "122238", name: "鴨川市", kana: "かもがわし", romaji: "Kamogawa-shi" },
  { code: "122246", name: "鎌ケ谷市", kana: "かまがやし", romaji: "Kamagaya-shi" },
  { code: "122254", name: "君津市", kana: "きみつし", romaji: "Kimitsu-shi" },
  { code: "122262", name: "富津市", kana: "ふっつし", romaji: "Futtsu-shi" },
  { code: "122271", name: "浦安市", kana: "うらやすし", romaji: "Urayasu-shi" },
  { code: "122289", name: "四街道市", kana: "よつかいどうし", romaji: "Yotsukaido-shi" },
  { code: "122297", name: "袖ケ浦市", kana: "そでがうらし", romaji: "Sodegaura-shi" },
  { code: "122301", name: "八街市", kana: "やちまたし", romaji: "Yachimata-shi" },
  { code: "122319", name: "印西市", kana: "いんざいし", romaji: "Inzai-shi" },
  { code: "122327", name: "白井市", kana: "しろいし", romaji: "Shiroi-shi" },
  { code: "122335", name: "富里市", kana: "とみさとし", romaji: "Tomisato-shi" },
  { code: "122343", name: "南房総市", kana: "みなみぼうそうし", romaji: "Minamiboso-shi" },
  { code: "122351", name: "匝瑳市", kana: "そうさし", romaji: "Sosa-shi" },
  { code: "122360", name: "香取市", kana: "かとりし", romaji: "Katori-shi" },
  { code: "122378", name: "山武市", kana: "さんむし", romaji: "Sammu-shi" },
  { code: "122386", name: "いすみ市", kana: "いすみし", romaji: "Isumi-shi" },
  { code: "122394", name: "大網白里市", kana: "おおあみしらさとし", romaji: "Oamishirasato-shi" },
  { code: "123226", name: "酒々井町", kana: "しすいまち", romaji: "Shisui-machi" },
  { code: "123293", name: "栄町", kana: "さかえまち", romaji: "Sakae-machi" },
  { code: "123421", name: "神崎町", kana: "こうざきまち", romaji: "Kozaki-machi" },
  { code: "123471", name: "多古町", kana: "たこまち", romaji: "Tako-machi" },
  { code: "123498", name: "東庄町", kana: "とうのしょうまち", romaji: "Tonosho-machi" },
  { code: "124036", name: "九十九里町", kana: "くじゅうくりまち", romaji: "Kujukuri-machi" },
  { code: "124095", name: "芝山町", kana: "しばやままち", romaji: "Shibayama-machi" },
  { code: "124109", name: "横芝光町", kana: "よこしばひかりまち", romaji: "Yokoshibahikari-machi" },
  { code: "124214", name: "一宮町", kana: "いちのみやまち", romaji: "Ichinomiya-machi" },
  { code: "124222", name: "睦沢町", kana: "むつざわまち", romaji: "Mutsuzawa-machi" },
  { code: "124231", name: "長生村", kana: "ちょうせいむら", romaji: "Chosei-mura" },
  { code: "124249", name: "白子町", kana: "しらこまち", romaji: "Shirako-machi" },
  { code: "124265", name: "長柄町", kana: "ながらまち", romaji: "Nagara-machi" },
  { code: "124273", name: "長南町", kana: "ちょうなんまち", romaji: "Chonan-machi" },
  { code: "124419", name: "大多喜町", kana: "おおたきまち", romaji: "Otaki-machi" },
  { code: "124435", name: "御宿町", kana: "おんじゅくまち", romaji: "Onjuku-machi" },
  { code: "124630", name: "鋸南町", kana: "きょなんまち", romaji: "Kyonan-machi" },
];
