import { createHash, randomUUID } from "node:crypto";
import {
  applyRegisterChange,
  parseRegisterChange,
  revocationCauses,
  revokeForSubscriber,
  takeRegisterFile,
} from "@mitome/ca";
import { SeededRandomness } from "@mitome/testkit/fixed-clock";
import { municipality, RegisterDesk } from "@mitome/testkit/register-desk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

// A whole run (MITOME_FULL=1) reads 100,000 malformed lines and 400 feeds, otherwise 20,000 and 60 are.
const whole = process.env.MITOME_FULL === "1";
const malformedLines = whole ? 100_000 : 20_000;
const feeds = whole ? 400 : 60;

let desk: RegisterDesk;
let sequence = 0;

beforeAll(async () => {
  desk = await RegisterDesk.open();
});

afterAll(async () => {
  await desk?.close();
});

afterEach(() => desk.clock.pass(25 * 3_600_000));

/** Whole numbers below a bound, the same in every run of a seed. */
function drawing(seed: string): (below: number) => number {
  const randomness = new SeededRandomness(seed);
  return (below) => Buffer.from(randomness.bytes(4)).readUInt32BE() % below;
}

function shuffled<Value>(values: readonly Value[], draw: (below: number) => number): readonly Value[] {
  return values
    .map((value) => ({ value, at: draw(1_000_000) }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
}

const certified = {
  name: "山田　花子",
  dateOfBirth: "319801231",
  gender: "2",
  address: "千葉県千葉市中央区市場町１－１",
};
const moved = { ...certified, address: "千葉県千葉市美浜区真砂５－２" };
const kinds = ["nameChanged", "addressChanged", "recordFoundWrong", "died", "movedOut", "erased"];

/** A resident of a random feed: whether and from which version he has a certificate, and what is reported of him. */
function resident(draw: (below: number) => number) {
  const changes = Array.from({ length: 1 + draw(5) }, () => {
    const kind = kinds[draw(kinds.length)] ?? "died";
    const ends = kinds.indexOf(kind) > 2;
    return { kind, registerVersion: 1 + draw(6), ...(ends ? {} : { items: draw(2) === 0 ? certified : moved }) };
  });
  return { certifiedFrom: draw(4), changes };
}

type Resident = ReturnType<typeof resident>;

/** Has these residents' changes applied in an order of its own, some of them twice; resolves with where all stand then. */
async function live(residents: readonly Resident[], draw: (below: number) => number, atOnce: boolean) {
  const people = await Promise.all(
    residents.map(async ({ certifiedFrom, changes }) => {
      const code = desk.newResident();
      const serial = certifiedFrom === 0 ? undefined : await desk.certify(code, { registerVersion: certifiedFrom });
      const lines = changes.map((change) => {
        sequence += 1;
        const name = { version: 1, feed: "juki-121002", sequence, municipality, residentCode: code };
        return { ...name, occurredOn: "2026-03-01", ...change };
      });
      return { code, serial, lines };
    }),
  );
  const lines = people.flatMap((person) => person.lines);
  const twice = lines.filter(() => draw(3) === 0);
  const sent = shuffled([...lines, ...twice], draw);
  const answers = new Map<number, string>();
  const send = async (said: (typeof lines)[number]) => {
    const read = parseRegisterChange(said);
    if (read.kind === "malformed") throw new Error(read.field);
    const answer = JSON.stringify(await applyRegisterChange(desk.authority, desk.acting, read.change));
    expect(answers.get(said.sequence) ?? answer).toBe(answer);
    answers.set(said.sequence, answer);
  };
  if (atOnce) await Promise.all(sent.map(send));
  else for (const said of sent) await send(said);
  const [recorded] = await desk.owner<{ count: number }>`
    select count(*)::integer as count from ca.register_change where sequence = any(${lines.map((said) => said.sequence)})`;
  expect(recorded?.count).toBe(lines.length);
  return await Promise.all(
    people.map(async ({ code, serial }) => ({
      state: serial === undefined ? "none" : (await desk.certificate(serial))?.state,
      version: await desk.version(code),
    })),
  );
}

describe("whatever the order and however often changes are sent", () => {
  it(`[C-4-4-1-1.1] ${feeds} random feeds: the same certificates are revoked, the same versions kept, no line lost`, async () => {
    let revoked = 0;
    for (let feed = 0; feed < feeds; feed += 1) {
      const draw = drawing(`feed ${feed}`);
      const residents = Array.from({ length: 3 }, () => resident(draw));
      const inTurn = await live(residents, draw, false);
      const atOnce = await live(residents, draw, true);
      expect(atOnce, `feed ${feed}`).toEqual(inTurn);
      for (const [index, { certifiedFrom, changes }] of residents.entries()) {
        const differing = changes.filter(({ items }) => items !== certified);
        const after = differing.some(({ registerVersion }) => registerVersion >= certifiedFrom);
        const expected = certifiedFrom === 0 ? "none" : after ? "revoked" : "valid";
        const version = Math.max(certifiedFrom, ...changes.map(({ registerVersion }) => registerVersion));
        expect(inTurn[index], `feed ${feed}`).toEqual({ state: expected, version });
      }
      revoked += inTurn.filter(({ state }) => state === "revoked").length;
      desk.clock.pass(25 * 3_600_000);
    }
    expect(revoked).toBeGreaterThan(feeds / 2);
  });
});

/** Spoils a right line in one of many ways. */
function spoiled(text: string, draw: (below: number) => number): string {
  const at = draw(text.length);
  const ways = [
    () => text.slice(0, at),
    () => text.slice(at),
    () => `${text.slice(0, at)}${String.fromCharCode(32 + draw(95))}${text.slice(at + 1)}`,
    () => `${text.slice(0, at)}${String.fromCodePoint(0x80 + draw(0x300))}${text.slice(at)}`,
    () => text.replace(/:\d+/, `:${["-1", "1e400", "0.5", "9007199254740993", "null", "true", '"1"'][draw(7)]}`),
    () => text.replace(/"kind":"[A-Za-z]+"/, `"kind":"${["__proto__", "constructor", "", "died "][draw(4)]}"`),
    () => text.replace("{", '{"__proto__":{"kind":"died"},'),
    () => text.replace(/"items":\{.*?\}/, `"items":${["[]", "{}", "null", '"x"', "[".repeat(2_000)][draw(5)]}`),
    () => text.replace("山", ["\\ud800", "\\u0000", "\u202e", "🏯".repeat(300)][draw(4)] ?? ""),
    () => `${"[".repeat(1 + draw(5_000))}${text}`,
    () =>
      createHash("sha256")
        .update(text)
        .digest()
        .toString("latin1")
        .replaceAll(/[\r\n]/g, ""),
    () => "",
  ];
  return (ways[draw(ways.length)] ?? (() => text))();
}

describe("a feed that is nonsense", () => {
  it(`is answered line by line, ${malformedLines} times: each is on the work list by its place, and nothing is revoked`, async () => {
    const draw = drawing("nonsense");
    const bystander = await desk.certify(desk.newResident());
    let malformed = 0;
    for (let from = 0; from < malformedLines; from += 2_000) {
      const lines = Array.from({ length: 2_000 }, (_, index) => {
        const name = {
          version: 1,
          feed: "nonsense",
          sequence: 1 + from + index,
          municipality,
          residentCode: "99999999999",
        };
        const about = { registerVersion: 2, kind: "addressChanged", occurredOn: "2026-03-01", items: moved };
        return spoiled(JSON.stringify({ ...name, ...about }), draw);
      });
      const file = randomUUID();
      const signed = desk.file(lines, { file });
      const answer = await takeRegisterFile(desk.authority, desk.acting, signed, desk.call.caller);
      if (answer.kind === "refused") throw new Error(answer.reason);
      expect(answer.lines.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 2));
      const unread = answer.lines.filter((line) => "why" in line && line.why === "malformedLine").length;
      expect(answer.lines.filter(({ outcome }) => outcome !== "workList")).toEqual([]);
      const [listed] = await desk.owner<{ count: number }>`
        select count(*)::integer as count from ca.register_work where file = ${file} and change is null`;
      expect(listed?.count).toBe(unread);
      malformed += unread;
    }
    expect(malformed).toBeGreaterThan(malformedLines * 0.8);
    expect((await desk.certificate(bystander))?.state).toBe("valid");
  }, 600_000);
});

describe("千葉県運用規程 4-4-1-2", () => {
  it("[C-4-4-1-2.1] a municipality revokes nothing ex officio: it reports, and asks in the subscriber's name alone", async () => {
    const serial = await desk.certify(desk.newResident());
    const subscribers = ["cessationRequested", "keyCompromiseReported"];
    for (const cause of revocationCauses.filter((one) => !subscribers.includes(one))) {
      const signed = desk.signRevocation({ serial, cause });
      expect(await revokeForSubscriber(desk.authority, desk.call, signed), cause).toEqual({
        kind: "malformed",
        field: "cause",
      });
    }
    expect((await desk.certificate(serial))?.state).toBe("valid");
  });
});
