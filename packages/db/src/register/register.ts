import { RegisterUnavailable, type ResidentRegister } from "@mitome/ra";
import { and, eq, like } from "drizzle-orm";
import type { Database } from "../database.ts";
import { kanaKey } from "./kana-key.ts";
import { resident } from "./tables.ts";

/** As many hits as a clerk can look through; the kana are to be completed when there are more. */
const mostHits = 50;

const columns = {
  residentCode: resident.residentCode,
  registerVersion: resident.version,
  municipality: resident.municipality,
  name: resident.name,
  furigana: resident.furigana,
  alias: resident.alias,
  address: resident.address,
  dateOfBirth: resident.dateOfBirth,
  gender: resident.gender,
};

/** {@link ResidentRegister} in PostgreSQL (`register.resident`), bound to one municipality: no other's residents are found. */
export function residentRegister(database: Database, municipality: string): ResidentRegister {
  return {
    async search({ dateOfBirth, kana }) {
      const key = kanaKey(kana);
      if (key === null) return [];
      const asked = and(
        eq(resident.municipality, municipality),
        eq(resident.birthDay, dateOfBirth.slice(1)),
        like(resident.kanaKey, `${key}%`),
      );
      try {
        return await database.run((on) =>
          on
            .select(columns)
            .from(resident)
            .where(asked)
            .orderBy(resident.kanaKey, resident.residentCode)
            .limit(mostHits),
        );
      } catch {
        throw new RegisterUnavailable();
      }
    },
  };
}
