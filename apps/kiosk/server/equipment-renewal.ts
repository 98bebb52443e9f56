import type { KeyObject } from "node:crypto";
import type { ServerEquipment } from "./equipment-files.ts";
import { faultOf, type Log } from "./log.ts";

const day = 86_400_000;
/** A certificate with less than this many days left is renewed: a failing renewal is tried as many times before it ends. */
const renewBefore = 60;

export interface RenewalDependencies {
  readonly equipment: () => ServerEquipment;
  /** Has a new key certified by the authority; asked with the present key. */
  readonly renew: (presentKey: KeyObject) => Promise<{ readonly certificate: string; readonly key: string }>;
  /** Keeps the new pair and has everything use it from now on. */
  readonly take: (renewed: { readonly certificate: string; readonly key: string }) => void;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Renews this server's equipment certificate (one year) in time, looked at once a day, while the server runs. */
export class EquipmentRenewal {
  readonly #use: RenewalDependencies;
  #timer: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();

  constructor(dependencies: RenewalDependencies) {
    this.#use = dependencies;
  }

  /** Looks now, and every day. */
  open(): void {
    this.#timer = setInterval(() => this.#look(), day);
    this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#looking = this.#looking.then(() => this.#renewIfDue());
  }

  async #renewIfDue(): Promise<void> {
    const { equipment, renew, take, clock, log } = this.#use;
    const { certificate, key } = equipment();
    const daysLeft = Math.floor((certificate.validToDate.getTime() - clock().getTime()) / day);
    if (daysLeft >= renewBefore) return;
    try {
      take(await renew(key));
      log("K016", { until: equipment().certificate.validToDate.toISOString() });
    } catch (error) {
      log("K017", { daysLeft, ...faultOf(error) });
    }
  }
}
