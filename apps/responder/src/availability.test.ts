import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Availability, servicesOnRecord } from "./availability.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "availability-"));
  file = join(directory, "record.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const all = { http: true, ldap: true, ocsp: true };
const at = new Date("2026-11-22T09:00:00Z");
const shares = (record: Availability, now = at) => record.services(now).map(({ availability }) => availability);

describe("the availability of a service", () => {
  it("is unknown before the first look, and then the share of looks that found it, whoever counts on", () => {
    const first = new Availability(file);
    expect(first.services(at)).toEqual([]);
    for (const ldap of [true, true, false]) first.count({ ...all, ldap }, at);
    const second = new Availability(file);
    second.count({ ...all, ocsp: false }, at);
    expect(shares(second)).toEqual([1, 0.75, 0.75]);
  });

  it("is of the last thirty days", () => {
    const record = new Availability(file);
    record.count({ ...all, ldap: false }, new Date("2026-10-24T23:59:59Z"));
    const [later, latest] = [new Date("2026-11-22T00:00:00Z"), new Date("2026-11-23T00:00:00Z")];
    record.count(all, later);
    expect(shares(record, later)).toEqual([1, 0.5, 1]);
    record.count(all, latest);
    expect(shares(record, latest)).toEqual([1, 1, 1]);
  });

  it("is not said once nobody has looked for two hours", () => {
    const record = new Availability(file);
    record.count(all, at);
    expect(record.services(new Date("2026-11-22T11:00:00Z"))).toHaveLength(3);
    expect(record.services(new Date("2026-11-22T11:00:01Z"))).toEqual([]);
  });

  it("is not made up from a record that is none", () => {
    writeFileSync(file, '{"days":{"2026-11-22":{"ldap":{"looks":-1,"there":2}}}}');
    expect(() => new Availability(file)).toThrow();
  });
});

describe("a process without a prober", () => {
  it("shows what that of another saw last, and nothing while there is no such record", () => {
    expect(servicesOnRecord(file, at)).toEqual([]);
    new Availability(file).count({ ...all, ldap: false }, at);
    expect(servicesOnRecord(file, at)).toEqual([
      { service: "http", state: "available", checkedAt: at, availability: 1 },
      { service: "ldap", state: "unavailable", checkedAt: at, availability: 0 },
      { service: "ocsp", state: "available", checkedAt: at, availability: 1 },
    ]);
    writeFileSync(file, "{");
    expect(servicesOnRecord(file, at)).toEqual([]);
  });
});
