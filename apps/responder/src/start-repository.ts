import { PostgresPublicRecords } from "@mitome/db/status";
import { bindListener, closeListener } from "./bind-listener.ts";
import type { RepositoryConfiguration } from "./configuration.ts";
import { LedgerView } from "./ledger-view.ts";
import { log } from "./log.ts";
import { PublicSite } from "./public-site.ts";
import { CurrentTexts, readPublicView } from "./read-public-view.ts";

/** An authority's public side, served. */
export interface RunningRepository {
  /** URLs, or paths of sockets, in the order of the configuration. */
  readonly listening: readonly string[];
  readonly ledger: LedgerView;
  stop(): Promise<void>;
}

/** Starts serving; rejects when the ledger cannot be read, or a text, certificate, key or place cannot be used. */
export async function startRepository(
  { authority, origin, addresses, texts: files, listeners }: RepositoryConfiguration,
  url: string,
  now: () => Date,
): Promise<RunningRepository> {
  const texts = new CurrentTexts(files);
  const ledger = await LedgerView.open(new PostgresPublicRecords(url, authority));
  const read = () => readPublicView(ledger, { ...texts.read(), addresses, services: [] }, now());
  const site = new PublicSite(origin, await read(), now);
  ledger.onReading(async () => {
    // Without the octets of a new list the earlier one stands with everything else of its time.
    await read().then(
      (view) => site.show(view),
      () => log("warn", "RS009"),
    );
  });
  const servers = listeners.map((place) => ({ place, server: site.listener(place) }));
  const listening = await Promise.all(servers.map(({ server, place }) => bindListener(server, place)));
  return {
    ...{ listening, ledger },
    async stop() {
      await Promise.all(servers.map(({ server }) => closeListener(server)));
      await ledger.close();
    },
  };
}
