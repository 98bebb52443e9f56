import type { ResidentRecord } from "@mitome/ra";
import { RegisterUnavailable } from "@mitome/ra";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { syntheticResidents } from "@mitome/testkit/residents";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { provision } from "../cluster.ts";
import { connect, type Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { isFilled, kanaKey, loadResidents, residentRegister } from "./index.ts";

let database: TestPostgres;
let owner: RoleSql;
let reader: Database;
const residents: readonly ResidentRecord[] = [...syntheticResidents({ count: 2_000 })].map(
  ({ nameKana, aliasKana: _, ...resident }) => ({ ...resident, furigana: nameKana }),
);

beforeAll(async () => {
  database = await startTestPostgres();
  await provision(database.cluster, "mitome_ra", { owners: ["register_owner"], users: ["register_reader"] });
  await migrate(database.cluster.url("register_owner", "mitome_ra"), "register");
  owner = sqlAs(database.cluster.url("register_owner", "mitome_ra"));
  reader = connect(database.cluster.url("register_reader", "mitome_ra"), 1);
  const filling = connect(database.cluster.url("register_owner", "mitome_ra"), 1);
  expect(await isFilled(filling)).toBe(false);
  expect(await loadResidents(filling, residents)).toBe(residents.length);
  expect(await isFilled(filling)).toBe(true);
  await filling.close();
});

afterAll(async () => {
  await Promise.all([owner?.end(), reader?.close()]);
  await database?.stop();
});

describe("the resident register", () => {
  it("holds every resident that was loaded, character for character", async () => {
    const rows =
      await owner`select resident_code, name, alias, address, furigana from register.resident order by resident_code`;
    const loaded = residents
      .map(({ residentCode, name, alias, address, furigana }) => ({
        resident_code: residentCode,
        name,
        alias,
        address,
        furigana,
      }))
      .sort((a, b) => (a.resident_code < b.resident_code ? -1 : 1));
    expect(rows).toEqual(loaded);
  });

  it("finds every resident by birth day and ふりがな, of either kana, in the own municipality and in no other", async () => {
    for (const resident of residents.slice(0, 200)) {
      const kana = kanaKey(resident.furigana) ?? "";
      for (const query of [kana, resident.furigana, kana.slice(0, 2)]) {
        const found = await residentRegister(reader, resident.municipality).search({
          dateOfBirth: resident.dateOfBirth,
          kana: query,
        });
        expect(found).toContainEqual(resident);
        expect(found.every(({ municipality }) => municipality === resident.municipality)).toBe(true);
      }
      const elsewhere = resident.municipality === "121002" ? "122041" : "121002";
      const found = await residentRegister(reader, elsewhere).search({ dateOfBirth: resident.dateOfBirth, kana });
      expect(found).not.toContainEqual(resident);
    }
  });

  it("takes no wildcard from outside", async () => {
    const register = residentRegister(reader, "121002");
    for (const kana of ["%", "_", "や%", "' or true --", ""]) {
      expect(await register.search({ dateOfBirth: "319640107", kana })).toEqual([]);
    }
  });

  it("can be read and not written by the counter's role", async () => {
    for (const forbidden of [
      "update register.resident set address = 'x'",
      "delete from register.resident",
      "create table register.mine (x int)",
    ])
      await expect(
        reader.run((on) => on.execute(forbidden)),
        forbidden,
      ).rejects.toThrow("42501");
  });

  it("that does not answer says so without what was asked", async () => {
    const gone = connect(
      database.cluster.url("register_reader", "mitome_ra").replace(/mitome_ra/, "no_such_database"),
      1,
    );
    const asked = residentRegister(gone, "121002").search({ dateOfBirth: "319640107", kana: "やまだ" });
    const error = await asked.then(
      () => null,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(RegisterUnavailable);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/やまだ|19640107/);
    await gone.close();
  });
});

describe("ふりがな as it is searched", () => {
  it.each([
    ["ヤマダ　ハナコ", "やまだはなこ"],
    ["ﾔﾏﾀﾞ ﾊﾅｺ", "やまだはなこ"],
    ["やまだ　はなこ", "やまだはなこ"],
    ["グエン・ティ　ホア", "ぐえんてぃほあ"],
    ["ヴェロニカ", "ゔぇろにか"],
    ["ジョー", "じょー"],
  ])("%s is %s", (kana, key) => {
    expect(kanaKey(kana)).toBe(key);
  });

  it.each(["", "山田", "yamada", "やまだ1", "%"])("%j is none", (kana) => {
    expect(kanaKey(kana)).toBeNull();
  });
});
