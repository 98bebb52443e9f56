import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Availability } from "./availability.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "availability-"));
  file = join(directory, "record.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("the availability of a service", () => {
  it("is unknown before the first look, and then the share of looks that found it, whoever counts on", () => {
    const first = new Availability(file);
    expect(first.shareOf("ldap")).toBeUndefined();
    const at = new Date("2026-11-22T09:00:00Z");
    for (const ldap of [true, true, false]) first.count({ ldap, http: true }, at);
    const second = new Availability(file);
    second.count({ ldap: true, http: true }, at);
    expect([second.shareOf("ldap"), second.shareOf("http"), second.shareOf("ocsp")]).toEqual([0.75, 1, undefined]);
  });

  it("is of the last thirty days", () => {
    const record = new Availability(file);
    record.count({ ldap: false }, new Date("2026-10-24T23:59:59Z"));
    record.count({ ldap: true }, new Date("2026-11-22T00:00:00Z"));
    expect(record.shareOf("ldap")).toBe(0.5);
    record.count({ ldap: true }, new Date("2026-11-23T00:00:00Z"));
    expect(record.shareOf("ldap")).toBe(1);
  });

  it("is not made up from a record that is none", () => {
    writeFileSync(file, '{"2026-11-22":{"ldap":{"looks":-1,"there":2}}}');
    expect(() => new Availability(file)).toThrow();
  });
});
