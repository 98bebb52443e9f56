import { chibaMunicipalities } from "@mitome/characters";
import type { AuthorityDefinition } from "../authority-definition.ts";

const prefecture = { code: "12", name: "千葉県", romaji: "Chiba-ken" };

/** 千葉県認証局. 千葉県運用規程 3-1-2: the issuer is the governor by job title; who holds the office does not matter. */
export const chibaAuthority: AuthorityDefinition = {
  id: "chiba",
  prefecture,
  issuer: [
    { type: "C", value: "JP" },
    { type: "O", value: "Chiba Prefectural Government" },
    { type: "CN", value: "The Governor of Chiba Prefecture" },
  ],
  issuerAltName: [
    { type: "C", value: "JP" },
    { type: "O", value: "千葉県" },
    { type: "CN", value: "千葉県知事" },
  ],
  suite: "jpki-2016",
  practice: false,
  acknowledgesHistoricalReproduction: false,
  unattended: false,
  lists: { validityHours: 72, cycleHours: 24 },
  municipalities: chibaMunicipalities.map(({ code, name, romaji }) => ({ code, name, romaji })),
};

/** Its twin for practice and tests: a DN, keys and a policy of its own (千葉県運用規程 1-2, the test policy). */
export const chibaPracticeAuthority: AuthorityDefinition = {
  ...chibaAuthority,
  id: "chiba-practice",
  issuer: [
    { type: "C", value: "JP" },
    { type: "O", value: "Chiba Prefectural Government" },
    { type: "OU", value: "Practice" },
    { type: "CN", value: "The Governor of Chiba Prefecture" },
  ],
  issuerAltName: [
    { type: "C", value: "JP" },
    { type: "O", value: "千葉県" },
    { type: "OU", value: "練習用" },
    { type: "CN", value: "千葉県知事" },
  ],
  practice: true,
  unattended: true,
};
