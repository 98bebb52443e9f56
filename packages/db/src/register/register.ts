import { RegisterUnavailable, type ResidentRecord, type ResidentRegister } from "@mitome/ra";
import type postgres from "postgres";
import { kanaKey } from "./kana-key.ts";

/** As many hits as a clerk can look through; the kana are to be completed when there are more. */
const mostHits = 50;

interface ResidentRow {
  resident_code: string;
  version: number;
  municipality: string;
  name: string;
  furigana: string;
  alias: string | null;
  address: string;
  date_of_birth: string;
  gender: "1" | "2" | "3";
}

/** {@link ResidentRegister} in PostgreSQL (`register.resident`), bound to one municipality: no other's residents are found. */
export function residentRegister(sql: postgres.Sql, municipality: string): ResidentRegister {
  return {
    async search({ dateOfBirth, kana }) {
      const key = kanaKey(kana);
      if (key === null) return [];
      try {
        const rows = await sql<
          ResidentRow[]
        >`select resident_code, version, municipality, name, furigana, alias, address,
            date_of_birth, gender
          from register.resident
          where municipality = ${municipality} and birth_day = ${dateOfBirth.slice(1)} and kana_key like ${`${key}%`}
          order by kana_key, resident_code limit ${mostHits}`;
        return rows.map(readResident);
      } catch {
        // The driver's error holds the names and dates that were asked for.
        throw new RegisterUnavailable();
      }
    },
  };
}

const readResident = (row: ResidentRow): ResidentRecord => ({
  residentCode: row.resident_code,
  registerVersion: row.version,
  municipality: row.municipality,
  name: row.name,
  furigana: row.furigana,
  alias: row.alias,
  address: row.address,
  dateOfBirth: row.date_of_birth,
  gender: row.gender,
});
