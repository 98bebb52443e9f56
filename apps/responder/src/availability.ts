/** How often each service was there when it was looked at, over 30 days (千葉県運用規程 2-6-4: 24 hours a day, 365 days a year). */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";

const counts = z.record(z.string(), z.strictObject({ looks: z.int().min(0), there: z.int().min(0) }));
const schema = z.record(z.iso.date(), counts);
type Days = z.infer<typeof schema>;

const days = 30;

/** Counts in a small file, which survives this process. */
export class Availability {
  readonly #file: string;
  #days: Days;

  /** Throws when the file is there and is no such record. */
  constructor(file: string) {
    this.#file = file;
    this.#days = existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
  }

  /** Counts one look at every service. Throws when it cannot be written. */
  count(states: Readonly<Record<string, boolean>>, at: Date): void {
    const first = dayOf(new Date(at.getTime() - (days - 1) * 86_400_000));
    this.#days = Object.fromEntries(Object.entries(this.#days).filter(([day]) => day >= first));
    const day = dayOf(at);
    const today = { ...this.#days[day] };
    for (const [service, isThere] of Object.entries(states)) {
      const { looks = 0, there = 0 } = today[service] ?? {};
      today[service] = { looks: looks + 1, there: there + (isThere ? 1 : 0) };
    }
    this.#days[day] = today;
    const next = `${this.#file}.next`;
    writeFileSync(next, JSON.stringify(this.#days), { mode: 0o600, flush: true });
    renameSync(next, this.#file);
  }

  /** The share of looks that found it, 0 to 1; `undefined` before the first. */
  shareOf(service: string): number | undefined {
    const all = Object.values(this.#days).map((day) => day[service] ?? { looks: 0, there: 0 });
    const looks = all.reduce((sum, one) => sum + one.looks, 0);
    return looks === 0 ? undefined : all.reduce((sum, one) => sum + one.there, 0) / looks;
  }
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
