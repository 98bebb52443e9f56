/** The registry of verifiers as operators keep it, by scripts and at their desk: ledger, signer, directory and records. */
import { type BindDirectory, LedgerUnavailable, type UseCount, type VerifierOffice } from "@mitome/ca";
import { PostgresReportDemands, PostgresVerifierLedger } from "@mitome/db/ca";
import { readUseCounts } from "@mitome/db/status";
import { hashBindPassword, permitVerifierBind, serviceName, setVerifierBind } from "@mitome/directory";
import { certifyMachine } from "./certify-machine.ts";
import type { OperatorConfiguration } from "./configuration.ts";
import { type LoadedAuthority, loadAuthority } from "./load-authority.ts";
import { CannotDo, type OperatorDesk } from "./operator-script.ts";
import { systemClock, systemRandomness } from "./system-clock.ts";

/** The office of the desk's authority. */
export function verifierOffice(desk: OperatorDesk): VerifierOffice {
  const { authority, accessDatabase } = desk.configuration;
  let loaded: Promise<LoadedAuthority> | undefined;
  const load = () => {
    loaded ??= loadAuthority(desk.ledger.reader, authority);
    return loaded;
  };
  return {
    verifiers: new PostgresVerifierLedger(desk.ledger),
    demands: new PostgresReportDemands(desk.ledger),
    async certify(acting, verifier, csr) {
      const machine = { kind: "verifier", municipality: "-", place: verifier };
      try {
        return await certifyMachine({ ...desk, acting }, await load(), machine, csr);
      } catch (error) {
        if (error instanceof CannotDo) return { kind: "refused", reason: error.message };
        throw error;
      }
    },
    binds: bindDirectory(desk.configuration, load),
    usesIn: accessDatabase === undefined ? undefined : (month) => usesIn(accessDatabase, authority, month),
    clock: systemClock,
    randomness: systemRandomness,
  };
}

async function usesIn(database: string, authority: string, month: string): Promise<readonly UseCount[]> {
  try {
    return await readUseCounts(database, authority, { from: month, to: month });
  } catch {
    throw new LedgerUnavailable("the records of what verifiers were given cannot be read");
  }
}

function bindDirectory(
  { directory }: OperatorConfiguration,
  load: () => Promise<LoadedAuthority>,
): BindDirectory | undefined {
  if (directory === undefined) return undefined;
  const { trustFile, ...access } = directory;
  const registrarOf = ({ definition }: LoadedAuthority) => ({
    ...{ ...access, bindName: serviceName(definition, "registrar") },
    ...(trustFile === undefined ? {} : { trustFile }),
  });
  const set = async (name: string, hash: string | undefined) => {
    const authority = await load();
    await setVerifierBind(registrarOf(authority), authority.definition, name, hash);
  };
  return {
    set: async (name, password) => set(name, await hashBindPassword(password)),
    async permit(name, permitted) {
      const authority = await load();
      await permitVerifierBind(registrarOf(authority), authority.definition, name, permitted);
    },
    end: (name) => set(name, undefined),
  };
}
