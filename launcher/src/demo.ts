import { buildAll } from "./build.ts";
import { COUNTER } from "./counter-side.ts";
import { readDescription, removeDescription, writeDescription } from "./demo-state.ts";
import { issueOnce } from "./once.ts";
import { makePlace } from "./place.ts";
import { demoState } from "./places.ts";
import { CannotGoOn, heading, note, say } from "./say.ts";
import { describe, type Stack, startStack } from "./stack.ts";

const RESIDENTS = 20_000;
const CARDS = 40;

/** `./mitome demo`: everything on loopback until Ctrl-C; `--once`: one issuance on a stack of its own. */
export async function demo(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--once");
  if (unknown !== undefined) throw new CannotGoOn(`./mitome demo does not know ${unknown}.`, "./mitome demo [--once]");
  await buildAll();
  return args.includes("--once") ? issueOnce() : stayUp();
}

async function stayUp(): Promise<number> {
  const running = await readDescription(demoState);
  if (running !== undefined)
    throw new CannotGoOn(
      "A demonstration is running already.",
      `Open ${running.kioskUrl}, or stop it with Ctrl-C where it was started (process ${running.launcherPid}).`,
    );
  const place = await makePlace(demoState);
  try {
    const stack = await startStack(place, { ports: "fixed", residents: RESIDENTS, pages: true, cards: CARDS });
    try {
      await writeDescription(demoState, describe(stack));
      introduce(stack);
      stack.processes.onUnexpectedEnd = (program, how) =>
        say(
          `${note()} ${program.name} ended (${how}). Its log: ${place.log(program.name)}; ./mitome doctor looks at each part.`,
        );
      await untilInterrupted();
      say("stopping");
    } finally {
      await stack.stop();
      await removeDescription(demoState);
    }
    return 0;
  } finally {
    await place.clear();
  }
}

function introduce({ kioskUrl, access, directory, status, desk }: Stack): void {
  say();
  heading("The counter of 千葉市 is open");
  for (const { kind, code } of access.screens)
    say(`  ${kind === "clerk" ? "clerk's screen:   " : "resident's screen:"} ${kioskUrl}/enrol-screen#${code}`);
  say(`  Each address works once, within an hour; afterwards ${kioskUrl}/counter and ${kioskUrl}/resident.`);
  for (const { account, firstPassword } of access.clerks)
    say(`  clerk: ${account}, first password ${firstPassword} (another is chosen at the first log-in)`);
  say("  applicant: 山田 花子 (search S390107 and やまだ); a card lies in the reader");
  heading("Verifiers ask whether certificates are valid");
  say(`  OCSP: ${status.responderUrl}/ocsp (client certificate), ${status.plainResponderUrl}/ocsp (signed requests)`);
  say(`  LDAP: ${directory.url}; registered: ${status.verifier.id}, certificate ${status.verifier.files.cert}`);
  say(`  public pages: ${status.siteUrl}/; docs/verifiers.md has the commands`);
  heading("Operators keep the registry of verifiers");
  say(`  ${desk.url}/ (in a browser of this machine alone; nobody logs in yet)`);
  say();
  say(`  ${COUNTER}; ./mitome doctor looks at each part; Ctrl-C stops everything`);
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
