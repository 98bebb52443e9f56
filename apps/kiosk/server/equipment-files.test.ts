import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSoftAuthority, type SoftEquipment } from "@mitome/testkit/soft-authority";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepRenewed, readServerEquipment } from "./equipment-files.ts";

const soft = makeSoftAuthority(new Date(Date.now() - 3_600_000));
const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----\n`;
const pairOf = ({ certificate, key }: SoftEquipment) => ({
  certificate: pem(certificate),
  key: String(key.privateKey.export({ type: "pkcs8", format: "pem" })),
});
const equip = (municipality = "121002", place = "kiosk-1") => pairOf(soft.equip("server", municipality, place));

let home: string;
let files: { root: string; certificate: string; key: string };
let first: ReturnType<typeof equip>;
const read = () => readServerEquipment(files, soft.definition.id, "121002");
const wholePair = () => {
  const { certificate, key } = read();
  return certificate.checkPrivateKey(key);
};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "mtk-"));
  files = { root: join(home, "root.pem"), certificate: join(home, "server.pem"), key: join(home, "server.key") };
  first = equip();
  writeFileSync(files.root, pem(soft.equipmentRoot));
  writeFileSync(files.certificate, first.certificate);
  writeFileSync(files.key, first.key, { mode: 0o600 });
});
afterEach(() => rmSync(home, { recursive: true }));

describe("a renewed certificate and its key", () => {
  it("stand in the place of the old ones, the key for its owner alone, and nothing is left beside them", () => {
    const next = equip();
    keepRenewed(read(), files, next);
    expect(readFileSync(files.key, "utf8")).toBe(next.key);
    expect(readFileSync(files.certificate, "utf8")).toBe(next.certificate);
    expect(statSync(files.key).mode & 0o777).toBe(0o600);
    expect(readdirSync(home).sort()).toEqual(["root.pem", "server.key", "server.pem"]);
  });

  it.each([
    ["another municipality's", () => equip("122041")],
    ["another place's", () => equip("121002", "kiosk-2")],
    ["of another key", () => ({ certificate: equip().certificate, key: equip().key })],
    ["of another root", () => pairOf(makeSoftAuthority(new Date()).equip("server", "121002", "kiosk-1"))],
  ])("are refused when the certificate is %s, and the old ones stay", (_what, made) => {
    expect(() => keepRenewed(read(), files, made())).toThrow("not this server's");
    expect(readFileSync(files.key, "utf8")).toBe(first.key);
    expect(wholePair()).toBe(true);
  });

  // Each state that a kill can leave, in the order in which they come about.
  const next = equip();
  const waitingKey = () => writeFileSync(`${files.key}.next`, next.key);
  const states: readonly [string, "old" | "new", () => void][] = [
    ["half of the key was written", "old", () => writeFileSync(`${files.key}.next`, next.key.slice(0, 40))],
    ["the key was written", "old", waitingKey],
    [
      "half of the certificate was written",
      "old",
      () => {
        waitingKey();
        writeFileSync(`${files.certificate}.next.part`, next.certificate.slice(0, 40));
      },
    ],
    [
      "both wait",
      "new",
      () => {
        waitingKey();
        writeFileSync(`${files.certificate}.next`, next.certificate);
      },
    ],
    [
      "the key was moved",
      "new",
      () => {
        waitingKey();
        writeFileSync(`${files.certificate}.next`, next.certificate);
        renameSync(`${files.key}.next`, files.key);
      },
    ],
  ];
  it.each(states)("belong together after a kill when %s: the %s pair", (_when, which, leave) => {
    leave();
    expect(wholePair()).toBe(true);
    expect(readFileSync(files.key, "utf8")).toBe(which === "new" ? next.key : first.key);
    expect(existsSync(`${files.certificate}.next`)).toBe(false);
    const later = equip();
    keepRenewed(read(), files, later);
    expect(readFileSync(files.key, "utf8")).toBe(later.key);
    expect(wholePair()).toBe(true);
  });
});
