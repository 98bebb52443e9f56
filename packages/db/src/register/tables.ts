/** Schema `register` as drizzle's types; migrations/register is the truth, and a test compares the two. */
import { sql } from "drizzle-orm";
import { integer, pgSchema, text } from "drizzle-orm/pg-core";

export const resident = pgSchema("register").table("resident", {
  residentCode: text("resident_code").primaryKey(),
  version: integer("version").notNull(),
  municipality: text("municipality").notNull(),
  name: text("name").notNull(),
  furigana: text("furigana").notNull(),
  alias: text("alias"),
  address: text("address").notNull(),
  dateOfBirth: text("date_of_birth").notNull(),
  gender: text("gender", { enum: ["1", "2", "3"] }).notNull(),
  birthDay: text("birth_day").notNull().generatedAlwaysAs(sql`substr(date_of_birth, 2)`),
  kanaKey: text("kana_key").notNull(),
});
