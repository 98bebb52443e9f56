import { PostgresPublicRecords } from "@mitome/db/status";
import { servicesOnRecord } from "./availability.ts";
import { bindListener, closeListener } from "./bind-listener.ts";
import type { RepositoryConfiguration } from "./configuration.ts";
import { LedgerView } from "./ledger-view.ts";
import { log } from "./log.ts";
import { Prober } from "./prober.ts";
import { PublicSite } from "./public-site.ts";
import { CurrentTexts, readPublicView } from "./read-public-view.ts";

/** An authority's public side, served. */
export interface RunningRepository {
  /** URLs, or paths of sockets, in the order of the configuration. */
  readonly listening: readonly string[];
  readonly ledger: LedgerView;
  /** Looks from outside from now on, if that is configured: once everything of the program listens. */
  startProbing(): void;
  stop(): Promise<void>;
}

/** What it takes from the program around it. */
interface RepositoryPorts {
  readonly now: () => Date;
  /** How many access records of this process wait for a person. */
  readonly recordsSetAside: () => number;
}

/** Starts serving; rejects when the ledger cannot be read, or a text, certificate, key or place cannot be used. */
export async function startRepository(
  configuration: RepositoryConfiguration,
  url: string,
  { now, recordsSetAside }: RepositoryPorts,
): Promise<RunningRepository> {
  const { authority, origin, addresses, listeners } = configuration;
  const texts = new CurrentTexts(configuration.texts);
  const ledger = await LedgerView.open(new PostgresPublicRecords(url, authority));
  const prober =
    configuration.prober &&
    new Prober({ configuration: { origin, addresses, prober: configuration.prober }, ledger, now });
  const read = () => {
    const outside = {
      ...texts.read(),
      addresses,
      services: prober?.services ?? seenByAnother(configuration, now()),
      recordsSetAside: recordsSetAside(),
    };
    return readPublicView(ledger, outside, now());
  };
  const site = new PublicSite(origin, await read(), now);
  ledger.onReading(async () => {
    // Without the octets of a new list the earlier one stands with everything else of its time.
    try {
      site.show(await read());
    } catch {
      log("warn", "RS009");
    }
  });
  const servers = listeners.map((place) => ({ place, server: site.listener(place) }));
  const listening = await Promise.all(servers.map(({ server, place }) => bindListener(server, place)));
  return {
    ...{ listening, ledger },
    startProbing: () => prober?.start(),
    async stop() {
      await prober?.close();
      await Promise.all(servers.map(({ server }) => closeListener(server)));
      await ledger.close();
    },
  };
}

function seenByAnother({ availability }: RepositoryConfiguration, now: Date) {
  return availability === undefined ? [] : servicesOnRecord(availability, now);
}
