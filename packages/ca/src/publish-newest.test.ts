import { type Failure, failingPort } from "@mitome/testkit/failing-port";
import { MemoryLocks, MemoryPublications, MemoryRepository } from "@mitome/testkit/memory-repository";
import { chibaPoint, describeRepository } from "@mitome/testkit/repository-contract";
import { makeSoftKey } from "@mitome/testkit/soft-authority";
import { softList } from "@mitome/testkit/soft-list";
import { beforeEach, describe, expect, it } from "vitest";
import { chibaAuthority } from "./authorities/chiba.ts";
import { type RepositoryObject, RepositoryUnavailable } from "./publication.ts";
import { publishNewest } from "./publish-newest.ts";

const point = chibaPoint("121002", 1);
const object: RepositoryObject = { kind: "certificateRevocationList", point };
const key = makeSoftKey({ kind: "rsa", bits: 2048 });
const list = (number: number) =>
  softList({ issuer: chibaAuthority.issuer, key, number, point, onlyContains: "userCerts" });

describe("publishing to a repository in memory", () => {
  let target = new MemoryRepository();
  beforeEach(() => {
    target = new MemoryRepository();
  });
  describeRepository(() => target);
});

describe("publishing when something fails", () => {
  const failures: readonly Failure[] = [1, 2, 3].flatMap((call) => [
    { call, when: "before" as const },
    { call, when: "after" as const },
  ]);

  it.each(failures)(
    "ends with the newest after call $call to the repository failed $when its effect",
    async (failure) => {
      const repository = new MemoryRepository();
      const ledger = new MemoryPublications();
      await repository.publish(object, [list(1)]);
      ledger.say(object, list(2));
      const { port: target } = failingPort(repository, failure, () => new RepositoryUnavailable("away"));
      const to = { target, locks: new MemoryLocks(), ledger };
      await expect(publishNewest(to, object)).rejects.toThrow(RepositoryUnavailable);
      const again = await publishNewest(to, object);
      expect(["published", "alreadyPublished"]).toContain(again.kind);
      await expect(repository.read(object)).resolves.toEqual([list(2)]);
    },
  );

  it("says so when the copy is not what was written", async () => {
    const target = new MemoryRepository();
    const ledger = new MemoryPublications();
    ledger.say(object, list(2));
    const keep = target.publish.bind(target);
    target.publish = (wanted) => keep(wanted, [list(1)]);
    await expect(publishNewest({ target, locks: new MemoryLocks(), ledger }, object)).resolves.toEqual({
      kind: "copyDiffers",
    });
  });

  it("puts the newest in place of octets that are no list", async () => {
    const target = new MemoryRepository();
    const ledger = new MemoryPublications();
    await target.publish(object, [Uint8Array.of(0x30, 0x00)]);
    ledger.say(object, list(2));
    await expect(publishNewest({ target, locks: new MemoryLocks(), ledger }, object)).resolves.toEqual({
      kind: "published",
    });
  });
});
