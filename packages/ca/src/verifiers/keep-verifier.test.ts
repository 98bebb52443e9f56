/** What operators do in the registry, where the world is away or somebody else was first. */
import type { AuditEvent } from "@mitome/audit";
import { FixedClock, SeededRandomness } from "@mitome/testkit/fixed-clock";
import { beforeEach, describe, expect, it } from "vitest";
import { byItself } from "../caller.ts";
import { RepositoryUnavailable } from "../publication.ts";
import { agreementTerms } from "./agreement-terms.ts";
import type { UseCount } from "./information-fees.ts";
import {
  changeRegistration,
  demandReport,
  keepBinds,
  recordVerifierFact,
  setBind,
  withdrawCredential,
} from "./keep-verifier.ts";
import type { Verifier } from "./verifier.ts";
import type { VerifierCredential } from "./verifier-credential.ts";
import type { VerifierOffice, VerifierOnFile } from "./verifier-office.ts";
import type { VerifierFact } from "./verifier-standing.ts";

const start = new Date("2026-11-22T09:00:00Z");
const contact = { department: "業務課", person: "検証係", telephone: "043-000-0000", email: "verifier@example.jp" };
const court: Verifier = {
  ...{ id: "court-1", kind: "verifier", class: "court", name: "裁判所", address: "千葉市", contacts: [contact] },
};
const termsVersion = agreementTerms.at(-1)?.version ?? "";
const started = (right: "crl" | "ocsp"): readonly VerifierFact[] => [
  { kind: "notified", effectiveAt: start },
  { kind: "agreed", termsVersion, effectiveAt: start },
  { kind: "rightGranted", right, effectiveAt: start },
  { kind: "started", effectiveAt: start },
];

class World {
  verifier = court;
  revision = 1;
  facts: VerifierFact[] = [];
  credentials: VerifierCredential[] = [];
  uses: UseCount[] = [];
  readonly events: AuditEvent["kind"][] = [];
  readonly details: object[] = [];
  /** Who may read lists, by name; `undefined` where there is no such name. */
  readonly names = new Map<string, boolean>();
  directoryIsAway = false;
  somebodyIsFirst = false;
  readonly clock = new FixedClock(new Date(start.getTime() + 60_000));
  readonly office: VerifierOffice = this.#makeOffice();

  #makeOffice(): VerifierOffice {
    const file = (): VerifierOnFile => ({
      verifier: this.verifier,
      revision: this.revision,
      facts: this.facts,
      credentials: this.credentials,
    });
    const reach = () => {
      if (this.directoryIsAway) throw new RepositoryUnavailable("away");
    };
    return {
      verifiers: {
        all: async () => [file()],
        find: async (id) => (id === court.id ? file() : undefined),
        register: async () => "exists",
        changeRegistration: async (_acting, { verifier, revision }, event) => {
          if (this.somebodyIsFirst || revision !== this.revision) return "moved";
          [this.verifier, this.revision] = [verifier, revision + 1];
          this.events.push(event.kind);
          this.details.push(event.detail);
          return "changed";
        },
        recordFact: async (_acting, { after, fact }, event) => {
          if (this.somebodyIsFirst || after !== this.facts.length) return "moved";
          this.facts = [...this.facts, fact];
          this.events.push(event.kind);
          return "recorded";
        },
        hasKey: async () => false,
        giveCredential: async (_acting, { credential }, event) => {
          this.credentials.push(credential);
          this.events.push(event.kind);
          return "given";
        },
        withdrawCredential: async (_acting, credential, withdrawnAt, _reason, event) => {
          this.credentials = this.credentials.map((one) => (one === credential ? { ...one, withdrawnAt } : one));
          this.events.push(event.kind);
          return true;
        },
        certificate: async () => undefined,
      },
      demands: { record: async () => "recorded", recordAnswer: async () => false, all: async () => [] },
      certify: async () => ({ kind: "refused", reason: "nobody signs here" }),
      binds: {
        set: async (name) => {
          reach();
          this.names.set(name, true);
        },
        permit: async (name, permitted) => {
          reach();
          this.names.set(name, permitted);
        },
        end: async (name) => {
          reach();
          this.names.delete(name);
        },
      },
      usesIn: async (month) => this.uses.filter((use) => use.month === month),
      clock: this.clock,
      randomness: new SeededRandomness("registry"),
    };
  }

  record(fact: Parameters<typeof recordVerifierFact>[2]["fact"], after: number | undefined = this.facts.length) {
    return recordVerifierFact(this.office, byItself, { verifier: court.id, after, fact });
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});
const name = "verifier-court-1";

describe("a name in the directory", () => {
  it.each([
    ["was not notified", []],
    ["has no agreement", started("crl").slice(0, 1)],
    ["was granted something else", started("ocsp")],
    ["was not started", started("crl").slice(0, 3)],
  ])("is not given to a verifier that %s", async (_what, facts) => {
    world.facts = [...facts];
    expect(await setBind(world.office, byItself, court.id, "password")).toMatchObject({ kind: "refused" });
    expect([world.names.size, world.events]).toEqual([0, []]);
  });

  it("is in the record before it is in the directory, and given again after the directory was away", async () => {
    world.facts = [...started("crl")];
    world.directoryIsAway = true;
    const asked = () => setBind(world.office, byItself, court.id, "password");
    expect(await asked()).toEqual({ kind: "refused", reason: "directoryAway" });
    expect(world.events).toEqual(["verifier.credentialGiven"]);
    world.directoryIsAway = false;
    expect(await asked()).toEqual({ kind: "set", bindName: name });
  });

  it("reads no more once what takes access away is recorded, at the latest when the directory is back", async () => {
    world.facts = [...started("crl")];
    await setBind(world.office, byItself, court.id, "password");
    expect(await world.record({ kind: "stopped" })).toEqual({ kind: "recorded", directory: "follows" });
    expect(world.names.get(name)).toBe(false);
    expect(await world.record({ kind: "started" })).toEqual({ kind: "recorded", directory: "follows" });
    expect(world.names.get(name)).toBe(true);
    world.directoryIsAway = true;
    expect(await world.record({ kind: "agreementEnded" })).toEqual({ kind: "recorded", directory: "away" });
    world.directoryIsAway = false;
    await keepBinds(world.office);
    expect(world.names.get(name)).toBe(false);
  });

  it("reads no more once that is recorded, though nobody can count uses", async () => {
    world.facts = [...started("crl")];
    await setBind(world.office, byItself, court.id, "password");
    world.uses = new Proxy([], {
      get: () => {
        throw new Error("the records are away");
      },
    });
    await world.record({ kind: "rightWithdrawn", right: "crl" });
    expect(world.names.get(name)).toBe(false);
  });

  it("reads no more when the quota of the month in Japan is used up, and again in the next", async () => {
    world.facts = [...started("crl"), { kind: "quotaSet", usesPerMonth: 10, effectiveAt: start }];
    await setBind(world.office, byItself, court.id, "password");
    const uses = (count: number): UseCount[] => [
      { verifierId: court.id, month: "2026-11", method: "crlByLdap", count },
      { verifierId: "court-2", month: "2026-11", method: "crlByLdap", count: 99 },
    ];
    for (const [used, may] of [
      [9, true],
      [10, false],
    ] as const) {
      world.uses = uses(used);
      await keepBinds(world.office);
      expect([used, world.names.get(name)]).toEqual([used, may]);
    }
    world.clock.set(new Date("2026-11-30T15:00:00Z"));
    await keepBinds(world.office);
    expect(world.names.get(name)).toBe(true);
  });

  it("is withdrawn in the directory first: while it cannot be, the record does not say so", async () => {
    world.facts = [...started("crl")];
    await setBind(world.office, byItself, court.id, "password");
    const withdraw = () => {
      const asked = { verifier: court.id, credential: name, reason: "keyCompromise" } as const;
      return withdrawCredential(world.office, byItself, asked);
    };
    world.directoryIsAway = true;
    expect(await withdraw()).toEqual({ kind: "refused", reason: "directoryAway" });
    expect(world.credentials).toMatchObject([{ withdrawnAt: null }]);
    world.directoryIsAway = false;
    expect(await withdraw()).toEqual({ kind: "withdrawn" });
    expect([world.names.has(name), world.credentials]).toMatchObject([false, [{ withdrawnAt: world.clock.now() }]]);
    expect(await withdraw()).toEqual({ kind: "refused", reason: "noLivingCredential" });
  });
});

describe("a fact", () => {
  it("is not recorded when somebody else recorded one meanwhile", async () => {
    expect(await world.record({ kind: "notified" }, 1)).toEqual({ kind: "refused", reason: "changedMeanwhile" });
    world.somebodyIsFirst = true;
    expect(await world.record({ kind: "notified" })).toEqual({ kind: "refused", reason: "changedMeanwhile" });
    expect(world.events).toEqual([]);
  });

  it("that has no place yet is refused with its reason, and is no event", async () => {
    expect(await world.record({ kind: "started" })).toEqual({ kind: "refused", reason: "notNotified" });
    await world.record({ kind: "notified" });
    expect(await world.record({ kind: "rightGranted", right: "ocsp" })).toEqual({
      kind: "refused",
      reason: "noAgreement",
    });
    expect(world.events).toEqual(["verifier.factRecorded"]);
  });
});

describe("a demand for a report", () => {
  it("is for a day to come", async () => {
    const asked = { id: "1", verifierId: court.id, demandedBy: "governor", subject: "状況" } as const;
    const due = (dueAt: Date) => demandReport(world.office, byItself, { ...asked, dueAt });
    expect(await due(world.clock.now())).toEqual({ kind: "refused", reason: "dayPassed" });
    expect(await due(new Date("2026-12-01T14:59:59Z"))).toEqual({ kind: "demanded" });
  });
});

describe("a notified change of who a verifier is (千葉県運用規程 1-3-1(9))", () => {
  const other = { ...contact, person: "後任" };
  const change = (changes: Readonly<Record<string, unknown>>, { verifier = court.id, revision = 1 } = {}) => {
    const { name: ofCourt, address, contacts } = world.verifier;
    const asked = { verifier, revision, change: { name: ofCourt, address, contacts, ...changes } };
    return changeRegistration(world.office, byItself, asked);
  };

  it("takes the place of what was notified before, and the audit trail says which fields, not what stands in them", async () => {
    const changes = { address: "市川市", contacts: [contact, other] };
    expect(await change(changes)).toEqual({ kind: "changed" });
    expect([world.verifier, world.revision]).toEqual([{ ...court, ...changes }, 2]);
    expect(world.details).toEqual([{ verifier: court.id, changed: "address contacts" }]);
  });

  it("never makes it another verifier, whatever comes with it", async () => {
    expect(await change({ name: "裁判所支部", id: "other-1", kind: "groupVerifier", class: "agentsBody" })).toEqual({
      kind: "changed",
    });
    expect(world.verifier).toEqual({ ...court, name: "裁判所支部" });
  });

  it("is refused for a wrong field, for nothing, for nobody, and after somebody else's", async () => {
    expect(await change({ contacts: [{ ...contact, telephone: "電話" }] })).toEqual({
      ...{ kind: "malformed", field: "contacts.0.telephone" },
    });
    expect(await change({ contacts: [] })).toEqual({ kind: "malformed", field: "contacts" });
    expect(await change({})).toEqual({ kind: "refused", reason: "nothingChanged" });
    expect(await change({ name: "裁判所支部" }, { verifier: "court-2" })).toMatchObject({ reason: "noVerifier" });
    expect(await change({ name: "裁判所支部" }, { revision: 2 })).toMatchObject({ reason: "changedMeanwhile" });
    world.somebodyIsFirst = true;
    expect(await change({ name: "裁判所支部" })).toMatchObject({ reason: "changedMeanwhile" });
    expect([world.verifier, world.events]).toEqual([court, []]);
  });
});
