import postgres from "postgres";
import { connectionOptions } from "../connection.ts";

/** A pool of connections to a municipality's database or register; it comes back by itself after the server was away. */
export function connect(url: string, max: number): postgres.Sql {
  return postgres({ ...connectionOptions(url), max, connect_timeout: 5, onnotice: () => {} });
}
