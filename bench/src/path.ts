// node bench/src/path.ts
import { pkitsMissing } from "../../packages/x509/src/path/pkits.fixture.ts";
import { atLeast, atMost, type Figure, printFigures } from "./figures.ts";
import { type PathGroup, type PathToValidate, pkitsGroups, REVOKED, subscriberGroup } from "./path-cases.ts";
import { startOpenssl } from "./path-openssl.ts";
import { mitome, type PathInput, type PathRun, type PathValidator, pkijs } from "./path-validators.ts";

// Many short rounds: of each validator the least disturbed one counts.
const ROUNDS = 8;
const SECONDS = 0.4;

const groups = [...pkitsGroups(), subscriberGroup()];
const openssl = await startOpenssl(groups.flatMap(({ paths }) => paths));
const opensslName = "absent" in openssl ? "OpenSSL" : openssl.version;
const validators: ReadonlyMap<string, PathValidator> = new Map([
  ["ours", mitome],
  ["pkijs", pkijs],
  ...("absent" in openssl ? [] : [[opensslName, openssl] as const]),
]);
say(`signatures by Node's own OpenSSL ${process.versions.openssl}; the subscriber's list has ${REVOKED} entries`);
const absent = [
  ...(pkitsMissing === undefined ? [] : [pkitsMissing]),
  ...("absent" in openssl ? [openssl.absent] : []),
];
try {
  const figures: Figure[] = [];
  for (const group of groups) figures.push(...(await measureGroup(group)));
  printFigures("path", figures, absent);
} finally {
  if (!("absent" in openssl)) openssl.stop();
}

function say(text: string): void {
  console.log(`… ${text}`);
}

/** Measures on the paths of a group that every validator answers rightly: a wrong answer may come early. */
async function measureGroup({ name, paths }: PathGroup): Promise<readonly Figure[]> {
  let shared = paths;
  for (const [who, validator] of validators) {
    const right = await answeredRightly(validator, paths);
    say(`${name}: ${who} answers ${right.length} of ${paths.length} rightly`);
    shared = shared.filter((path) => right.includes(path));
  }
  const wrong = paths.length - (await answeredRightly(mitome, paths)).length;
  return [
    { name: `${name}: paths that all answer rightly`, value: shared.length, unit: "" },
    atMost(`${name}: answers of ours that are wrong`, wrong, "", 0),
    ...fromOctets(`${name}, from octets`, await measure(shared, "octets")),
    ...processorTime(`${name}, from objects`, await measure(shared, "objects")),
  ];
}

async function answeredRightly(
  validator: PathValidator,
  paths: readonly PathToValidate[],
): Promise<readonly PathToValidate[]> {
  const verdicts = await validator.verdicts(paths);
  return paths.filter((path, index) => verdicts[index] === path.isValid);
}

/** The best of the rounds. */
interface Cost {
  /** Paths a second. */
  readonly rate: number;
  /** Milliseconds of processor time a path. */
  readonly cpu: number;
}

type Costs = ReadonlyMap<string, Cost>;

async function measure(paths: readonly PathToValidate[], from: PathInput): Promise<Costs> {
  const runs = new Map<string, PathRun[]>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [who, validator] of validators)
      runs.set(who, [...(runs.get(who) ?? []), await validator.run(paths, from, SECONDS)]);
  const cost = (all: readonly PathRun[]): Cost => ({
    rate: Math.max(...all.map((run) => run.paths / run.seconds)),
    cpu: Math.min(...all.map((run) => (run.cpu / run.paths) * 1_000)),
  });
  return new Map([...runs].map(([who, all]) => [who, cost(all)]));
}

function fromOctets(name: string, costs: Costs): readonly Figure[] {
  const rates = [...costs].map(([who, { rate }]) => ({ name: `${name}: ${who}`, value: rate, unit: "paths/s" }));
  return [
    ...rates,
    atLeast(
      `${name}: speed beside pkijs`,
      ratio(costs, "pkijs", ({ rate }) => rate),
      "times",
      10,
    ),
    ...processorTime(name, costs),
  ];
}

function processorTime(name: string, costs: Costs): readonly Figure[] {
  const each = [...costs].map(([who, { cpu }]) => ({ name: `${name}: CPU a path, ${who}`, value: cpu, unit: "ms" }));
  const cpu = (cost: Cost): number => cost.cpu;
  each.push({ name: `${name}: CPU of pkijs beside ours`, value: 1 / ratio(costs, "pkijs", cpu), unit: "times" });
  if (!costs.has(opensslName)) return each;
  return [...each, atMost(`${name}: CPU beside ${opensslName}`, ratio(costs, opensslName, cpu), "times", 3)];
}

function ratio(costs: Costs, peer: string, of: (cost: Cost) => number): number {
  const [ours, theirs] = [costs.get("ours"), costs.get(peer)];
  return ours === undefined || theirs === undefined ? Number.NaN : of(ours) / of(theirs);
}
