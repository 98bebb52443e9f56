/** How often each service was there when it was looked at, over 30 days (千葉県運用規程 2-6-4: 24 hours a day, 365 days a year). */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { PublicView } from "../pages/public-view.ts";

type Services = PublicView["services"];
type Service = Services[number]["service"];

const counts = z.record(z.string(), z.strictObject({ looks: z.int().min(0), there: z.int().min(0) }));
const schema = z.strictObject({
  days: z.record(z.iso.date(), counts),
  /** What the last look found. */
  last: z.strictObject({
    at: z.iso.datetime(),
    isThere: z.strictObject({ http: z.boolean(), ldap: z.boolean(), ocsp: z.boolean() }),
  }),
});

const days = 30;
/** Milliseconds after which a look says nothing of now: twice the longest time between two. */
const lookStandsFor = 7_200_000;

/** Counts in a small file, which survives this process and which others may read. */
export class Availability {
  readonly #file: string;
  #record: z.infer<typeof schema> | undefined;

  /** Throws when the file is there and is no such record. */
  constructor(file: string) {
    this.#file = file;
    this.#record = existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  }

  /** Counts one look at every service. Throws when it cannot be written. */
  count(isThere: Readonly<Record<Service, boolean>>, at: Date): void {
    const first = dayOf(new Date(at.getTime() - (days - 1) * 86_400_000));
    const kept = Object.fromEntries(Object.entries(this.#record?.days ?? {}).filter(([day]) => day >= first));
    const day = dayOf(at);
    const today = { ...kept[day] };
    for (const [service, found] of Object.entries(isThere)) {
      const { looks = 0, there = 0 } = today[service] ?? {};
      today[service] = { looks: looks + 1, there: there + (found ? 1 : 0) };
    }
    this.#record = { days: { ...kept, [day]: today }, last: { at: at.toISOString(), isThere: { ...isThere } } };
    const next = `${this.#file}.next`;
    writeFileSync(next, JSON.stringify(this.#record), { mode: 0o600, flush: true });
    renameSync(next, this.#file);
  }

  /** What the last look found, and the share of looks that found it; nothing before the first, or when it is long ago. */
  services(now: Date): Services {
    if (this.#record === undefined) return [];
    const { at, isThere } = this.#record.last;
    if (now.getTime() - Date.parse(at) > lookStandsFor) return [];
    return (["http", "ldap", "ocsp"] as const).map((service) => ({
      ...{ service, state: isThere[service] ? "available" : "unavailable", checkedAt: new Date(at) },
      availability: this.#shareOf(service),
    }));
  }

  #shareOf(service: Service): number {
    const all = Object.values(this.#record?.days ?? {}).map((day) => day[service] ?? { looks: 0, there: 0 });
    const looks = all.reduce((sum, one) => sum + one.looks, 0);
    return all.reduce((sum, one) => sum + one.there, 0) / looks;
  }
}

/** What the prober of another process saw last, by its record; nothing while that cannot be read. */
export function servicesOnRecord(file: string, now: Date): Services {
  try {
    return new Availability(file).services(now);
  } catch {
    return [];
  }
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
