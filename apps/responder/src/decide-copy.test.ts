import { chibaAuthority } from "@mitome/ca";
import { makeSoftAuthority } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { describe, expect, it } from "vitest";
import { decideCopy } from "./decide-copy.ts";

const thisUpdate = new Date("2026-11-22T09:00:00Z");
const { key, definition, selfSigned } = makeSoftAuthority(thisUpdate, chibaAuthority);
const list = (number: number, onlyContains: "userCerts" | "caCerts" = "userCerts") =>
  softList({ issuer: definition.issuer, key, number, point: definition.issuer, onlyContains });
const newest = { number: 5, thisUpdate, octets: list(5) };
const soon = new Date(thisUpdate.getTime() + 299_000);
const late = new Date(thisUpdate.getTime() + 300_000);

describe("a published copy beside the newest list", () => {
  it.each([
    ["newest", newest.octets, late],
    ["awaited", list(4), soon],
    ["stale", list(4), late],
    ["awaited", undefined, soon],
    ["missing", undefined, late],
    ["ahead", list(6), soon],
    ["differs", list(5, "caCerts"), soon],
    ["differs", selfSigned, soon],
    ["differs", new Uint8Array(), late],
    ["differs", newest.octets.subarray(0, -1), late],
  ] as const)("is %s", (state, copy, now) => {
    expect(decideCopy(copy, newest, now)).toBe(state);
  });
});
