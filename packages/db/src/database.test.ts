import { inspect } from "node:util";
import { startTestPostgres, type TestPostgres } from "@mitome/testkit/postgres";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { provision } from "./cluster.ts";
import { connect, type Database, type Statements } from "./database.ts";
import { StoreUnavailable } from "./store-unavailable.ts";

let server: TestPostgres;
/** Over one connection alone: what is not given back is missed at once. */
let database: Database;
let admin: RoleSql;
const url = (role: string) => server.cluster.url(role, "mitome_ra");

beforeAll(async () => {
  server = await startTestPostgres({ fsync: "on" });
  await provision(server.cluster, "mitome_ra", { owners: ["ra_owner"], users: [] });
  admin = sqlAs(url("ra_owner"));
  await admin.run("create schema kept; create table kept.word (word text primary key check (word <> 'forbidden'))");
  database = connect(url("ra_owner"), 1);
});

afterAll(async () => {
  await database?.close();
  await admin?.end();
  await server?.stop();
});

const write = (on: Statements, word: string) => on.execute(sql`insert into kept.word values (${word})`);
const words = async () => (await admin`select word from kept.word order by word`).map(({ word }) => word);
const processOf = async (on: Statements) => {
  const { rows } = await on.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return rows[0]?.pid ?? 0;
};
/** Ends a connection's process in PostgreSQL, and waits until it has gone. */
const end = (pid: number) => admin`select pg_terminate_backend(${pid}, 5000)`;
const caught = (asked: Promise<unknown>) =>
  asked.then(
    () => null,
    (error: unknown) => error,
  );

describe("a transaction", () => {
  it("is undone as a whole when its work throws, and the error is the work's own", async () => {
    const ours = new Error("ours");
    const failed = database.transaction(async (on) => {
      await write(on, "undone");
      throw ours;
    });
    expect(await caught(failed)).toBe(ours);
    expect(await words()).not.toContain("undone");
  });

  it("in which a statement failed is not taken as committed, though its work went on", async () => {
    const swallowing = database.transaction(async (on) => {
      await write(on, "swallowed");
      await write(on, "forbidden").catch(() => undefined);
    });
    expect(await caught(swallowing)).toEqual(new StoreUnavailable("25P02"));
    expect(await words()).not.toContain("swallowed");
  });

  it("whose connection dies between two statements fails at the second, and leaves nothing behind", async () => {
    const killed = database.transaction(async (on) => {
      await write(on, "half");
      await end(await processOf(on));
      await write(on, "other half");
    });
    expect(await caught(killed)).toBeInstanceOf(StoreUnavailable);
    await database.transaction((on) => write(on, "next"));
    expect(await words()).toEqual(["next"]);
  });

  it("whose connection dies under a statement says so, and the next one works", async () => {
    const killed = database.transaction((on) => on.execute(sql`select pg_terminate_backend(pg_backend_pid())`));
    expect(await caught(killed)).toEqual(new StoreUnavailable("57P01"));
    expect(await database.transaction(processOf)).toBeGreaterThan(0);
  });
});

describe("a server", () => {
  it("that does not answer is called away in time, and costs no connection", async () => {
    const other = connect(url("ra_owner"), 1);
    const stuck = [await database.run(processOf), await other.run(processOf)];
    for (const pid of stuck) process.kill(pid, "SIGSTOP");
    try {
      // The one fails at a statement, the other already at `begin`.
      const errors = await Promise.all([caught(database.run(processOf)), caught(other.transaction(processOf))]);
      expect(errors).toEqual([new StoreUnavailable("unanswered"), new StoreUnavailable("unanswered")]);
      expect(stuck).not.toContain(await database.run(processOf));
      expect(stuck).not.toContain(await other.transaction(processOf));
    } finally {
      for (const pid of stuck) process.kill(pid, "SIGCONT");
      await other.close();
    }
  });

  it("is found again after it was away", async () => {
    await server.cluster.stop("immediate");
    expect(await caught(database.run(processOf))).toBeInstanceOf(StoreUnavailable);
    expect(await caught(database.transaction(processOf))).toBeInstanceOf(StoreUnavailable);
    await server.crash();
    expect(await database.run(processOf)).toBeGreaterThan(0);
    expect(await database.transaction(processOf)).toBeGreaterThan(0);
  });
});

describe("an error of the database", () => {
  const name = "鵺鳥　梟子";
  const asking: Readonly<Record<string, (at: Database) => Promise<unknown>>> = {
    "a row that is there": (at) =>
      at.transaction(async (on) => {
        await write(on, name);
        await write(on, name);
      }),
    "a row that breaks a rule": (at) =>
      at.run((on) => on.execute(sql`insert into kept.word values (${"forbidden"}), (${name})`)),
    "a value of another type": (at) => at.run((on) => on.execute(sql`select ${name}::text::uuid`)),
    "a dying connection": (at) =>
      at.run((on) => on.execute(sql`select pg_terminate_backend(pg_backend_pid()), ${name}::text`)),
    "no database": async () => {
      const gone = connect(server.cluster.url("ra_owner", "none"), 1);
      return gone.run((on) => write(on, name)).finally(() => gone.close());
    },
    "no server": async () => {
      const gone = connect("postgres://ra_owner:x@localhost:1/mitome_ra?host=/nowhere", 1);
      return gone.transaction((on) => write(on, name)).finally(() => gone.close());
    },
  };

  it.each(Object.keys(asking))("leaves with its code alone, no statement and no parameter: %s", async (what) => {
    const error = await caught(asking[what]?.(database) ?? Promise.resolve());
    expect(error).toBeInstanceOf(StoreUnavailable);
    const said = inspect(error, { depth: null, showHidden: true, getters: true }) + JSON.stringify(error);
    expect(said).toMatch(/the database does not answer \([0-9A-Z]{5,12}\)/);
    expect(said).not.toMatch(/鵺|梟|insert|select/);
    expect(Reflect.ownKeys(Object(error)).map(String).sort()).toEqual(["code", "message", "name", "stack"]);
  });
});
