import { readDescription } from "./demo-state.ts";
import { demoState } from "./places.ts";
import { runProgram } from "./programs.ts";
import { CannotGoOn, say } from "./say.ts";

async function operatorConfig(): Promise<string> {
  const running = await readDescription(demoState);
  if (running === undefined)
    throw new CannotGoOn(
      "No demonstration is running.",
      "Start one with ./mitome demo and try again in another terminal.",
    );
  return running.operatorConfig;
}

/** `./mitome enrol KIND --place PLACE [--municipality CODE]`: prints a one-time code for a new machine. */
export async function enrol(args: readonly string[]): Promise<number> {
  const [kind] = args;
  const place = optionOf(args, "--place");
  if (kind === undefined || kind.startsWith("--") || place === undefined)
    throw new CannotGoOn("Say what is to be enrolled and where it stands.", "./mitome enrol agent --place counter-2");
  const municipality = optionOf(args, "--municipality") ?? "121002";
  const ticket = await runProgram("apps/ca/src/enrol.ts", await operatorConfig(), kind, municipality, place);
  say(`code: ${ticket.code}`);
  say(`good once, until ${ticket.expiresAt}`);
  return 0;
}

/** `./mitome audit verify`: walks the audit chains and names the first bad record. Exit code 1 when one is bad. */
export async function audit(args: readonly string[]): Promise<number> {
  if (args[0] !== "verify") throw new CannotGoOn("Say what to do with the audit trail.", "./mitome audit verify");
  const verdict = await runProgram("apps/ca/src/audit-verify.ts", await operatorConfig());
  say(JSON.stringify(verdict));
  return verdict.kind === "whole" ? 0 : 1;
}

function optionOf(args: readonly string[], flag: string): string | undefined {
  const index = args.indexOf(flag);
  return index < 0 ? undefined : args[index + 1];
}
