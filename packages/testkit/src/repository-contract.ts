/** What publishing keeps to at every repository: run on the one in memory and on slapd. */
import {
  chibaAuthority,
  distributionPointName,
  municipalityOf,
  publishNewest,
  type RepositoryObject,
  type RepositoryTarget,
} from "@mitome/ca";
import type { DistinguishedName } from "@mitome/x509";
import { expect, it } from "vitest";
import { MemoryLocks, MemoryPublications } from "./memory-repository.ts";
import { makeSoftAuthority, makeSoftKey } from "./soft-authority.ts";
import { softList } from "./soft-list.ts";

const { issuer } = chibaAuthority;
const at = new Date("2026-01-01T00:00:00Z");
const keys = [makeSoftKey({ kind: "rsa", bits: 2048 }), makeSoftKey({ kind: "rsa", bits: 2048 })] as const;

/** The point of one municipality and key generation of the authority of Chiba. */
export function chibaPoint(code: string, generation: number): DistinguishedName {
  const municipality = municipalityOf(chibaAuthority, code);
  if (municipality === undefined) throw new RangeError(`no municipality ${code}`);
  return distributionPointName(chibaAuthority, municipality, generation);
}

/** Registers the contract's tests; `given` gives the repository when they run. */
export function describeRepository(given: () => RepositoryTarget): void {
  const publication = () => ({ target: given(), locks: new MemoryLocks(), ledger: new MemoryPublications() });
  const partition = (code: string) => {
    const point = chibaPoint(code, 1);
    const object: RepositoryObject = { kind: "certificateRevocationList", point };
    const list = (number: number, key = keys[0]) => softList({ issuer, key, number, point, onlyContains: "userCerts" });
    return { object, list };
  };
  const arl = (number: number, key: (typeof keys)[number]) =>
    softList({ issuer, key, number, point: issuer, onlyContains: "caCerts" });

  it("publishes the newest once, and finds it there when it is asked again", async () => {
    const { object, list } = partition("121002");
    const to = publication();
    to.ledger.say(object, list(1));
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "alreadyPublished" });
    await expect(to.target.read(object)).resolves.toEqual([list(1)]);
  });

  it("leaves what stands there when the ledger has nothing", async () => {
    const { object, list } = partition("122025");
    const to = publication();
    await to.target.publish(object, [list(1)]);
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "nothingToPublish" });
    await expect(to.target.read(object)).resolves.toEqual([list(1)]);
  });

  it("never lowers a list's number", async () => {
    const { object, list } = partition("122033");
    const to = publication();
    await to.target.publish(object, [list(7)]);
    to.ledger.say(object, list(6));
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "targetAhead", published: 7n, newest: 6n });
    await expect(to.target.read(object)).resolves.toEqual([list(7)]);
  });

  it("puts the ledger's list in place of another of the same number", async () => {
    const { object, list } = partition("122041");
    const other = softList({
      ...{ issuer, key: keys[0], number: 7, point: chibaPoint("122041", 1), onlyContains: "caCerts" },
    });
    const to = publication();
    await to.target.publish(object, [other]);
    to.ledger.say(object, list(7));
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
    await expect(to.target.read(object)).resolves.toEqual([list(7)]);
  });

  it("holds the list of every living key generation, each with numbers of its own", async () => {
    const object = { kind: "authorityRevocationLists" } as const;
    const to = publication();
    to.ledger.say(object, arl(9, keys[0]));
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
    to.ledger.say(object, arl(9, keys[0]), arl(1, keys[1]));
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
    to.ledger.say(object, arl(8, keys[0]), arl(2, keys[1]));
    await expect(publishNewest(to, object)).resolves.toEqual({ kind: "targetAhead", published: 9n, newest: 8n });
    expect(new Set(await to.target.read(object))).toEqual(new Set([arl(9, keys[0]), arl(1, keys[1])]));
  });

  it("holds every certificate of the authority, and replaces them all at once", async () => {
    const object = { kind: "caCertificates" } as const;
    const { selfSigned: one, equipmentRoot: other } = makeSoftAuthority(at, chibaAuthority);
    const to = publication();
    for (const certificates of [[one], [one, other], [other]]) {
      to.ledger.say(object, ...certificates);
      await expect(publishNewest(to, object)).resolves.toEqual({ kind: "published" });
      expect(new Set(await to.target.read(object))).toEqual(new Set(certificates));
    }
  });

  it("takes the last word of many who publish at the same time", async () => {
    const { object, list } = partition("122050");
    const to = publication();
    const outcomes = await Promise.all(
      [1, 2, 3].map((number) => {
        to.ledger.say(object, list(number));
        return publishNewest(to, object);
      }),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(["published", "alreadyPublished", "alreadyPublished"]);
    await expect(to.target.read(object)).resolves.toEqual([list(3)]);
  });
}
