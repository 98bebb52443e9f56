// node bench/src/list-run.ts <order>: the authority's part of making lists, in a process of its own
import { randomUUID } from "node:crypto";
import { ClockGuard, issueDueLists, issueList, type ListingAuthority } from "@mitome/ca";
import { PostgresLedger, PostgresListLedger } from "@mitome/db/ca";
import { listSigningKeyOf, SignerClient } from "@mitome/hsm/signer-client";
import { loadAuthority } from "../../apps/ca/src/load-authority.ts";
import { systemClock } from "../../apps/ca/src/system-clock.ts";

const order: {
  readonly database: string;
  readonly signer: string;
  readonly authority: string;
  readonly only?: string;
} = JSON.parse(process.argv[2] ?? "");

const run = { program: "bench", id: randomUUID(), clock: systemClock };
const ledger = new PostgresLedger({ url: order.database, lanes: 2, readers: 2 }, run);
const signer = new SignerClient({ socket: order.signer });
await ledger.open();
const authority: ListingAuthority = {
  ...(await loadAuthority(ledger.reader, order.authority)),
  lists: new PostgresListLedger(ledger),
  listSigningKey: listSigningKeyOf(signer),
  clockGuard: new ClockGuard(systemClock, undefined, { unattended: true }),
};
const [started, begun] = [performance.now(), process.cpuUsage()];
const outcomes = await issueAll();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(begun);
signer.close();
await ledger.close();
// Kilobytes of 1024 octets.
const peak = (process.resourceUsage().maxRSS * 1024) / 1e6;
console.log(JSON.stringify({ seconds, outcomes, peak, cpu: (user + system) / 1e6 }));

async function issueAll(): Promise<readonly string[]> {
  if (order.only !== undefined) {
    const partition = { authority: order.authority, generation: 1, partition: order.only };
    return [await issueList(authority, partition, "now")];
  }
  return (await issueDueLists(authority)).map((outcome) =>
    outcome.status === "fulfilled" ? outcome.value : String(outcome.reason),
  );
}
