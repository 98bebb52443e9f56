import { CannotGoOn, cross, say } from "./say.ts";

/** What ./mitome can do: each command loads only what it needs. */
const commands = {
  demo: {
    line: "demo [--once]          start everything on this machine and stay up; --once issues one certificate and checks it",
    load: async () => (await import("./demo.ts")).demo,
  },
  test: {
    line: "test [--full] [PATTERN] everything continuous integration runs; --full adds the long runs",
    load: async () => (await import("./test.ts")).test,
  },
  conformance: {
    line: "conformance            which requirement lines the tests show; writes docs/conformance.md",
    load: async () => (await import("./conformance.ts")).conformance,
  },
  doctor: {
    line: "doctor                 each part with a tick, or what is wrong and how to mend it",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  bench: {
    line: "bench NAME             speed, beside the machine's own ceiling: issuance, card, pages, crl, ocsp, revocation, burst, path",
    load: async () => (await import("./bench.ts")).bench,
  },
  "validate-path": {
    line: "validate-path [--explain]   certification paths: a case a line on standard input, a verdict a line on standard output",
    load: async () => (await import("./validate-path.ts")).validatePath,
  },
  enrol: {
    line: "enrol KIND --place PLACE [--municipality CODE]   a one-time code for a new machine of the running demo",
    load: async () => (await import("./operate.ts")).enrol,
  },
  audit: {
    line: "audit verify           walk the audit chains of the running demo and name the first bad record",
    load: async () => (await import("./operate.ts")).audit,
  },
} as const;

function help(): void {
  say("Usage: ./mitome COMMAND");
  for (const { line } of Object.values(commands)) say(`  ${line}`);
}

async function main(): Promise<number> {
  const [name = "help", ...args] = process.argv.slice(2);
  if (name === "help" || name === "--help" || name === "-h") {
    help();
    return 0;
  }
  const command = Object.entries(commands).find(([known]) => known === name)?.[1];
  if (command === undefined) {
    say(`${cross()} ./mitome has no command ${JSON.stringify(name)}.`);
    help();
    return 2;
  }
  const run = await command.load();
  return run(args);
}

try {
  process.exitCode = await main();
} catch (problem) {
  if (!(problem instanceof CannotGoOn)) throw problem;
  say(`${cross()} ${problem.message}`);
  for (const line of problem.next) say(`  ${line}`);
  process.exitCode = 1;
}
