import { argv, env, execArgv, execPath, execve } from "node:process";

// node apps/signer/src/main.ts <config.json>
// Three settings are read before any JavaScript runs, so the process replaces itself once. libuv's thread pool: with its
// four threads busy in C_Sign the journal's writes would wait behind signatures (measured: 1,100 against 1,850
// signatures a second on two cores). V8's young generation: left to itself it grows for the first 20,000 signatures.
// glibc's memory: with an arena for each of these threads the process grew by 20 % to its 20,000th signature, with two by 4 %.
const threads = "8";
const youngGenerationMegabytes = 8;
const arenas = "2";
if (env.UV_THREADPOOL_SIZE === undefined && execve !== undefined) {
  const flags = [`--max-semi-space-size=${youngGenerationMegabytes}`];
  execve(execPath, [execPath, ...execArgv, ...flags, ...argv.slice(1)], {
    ...env,
    UV_THREADPOOL_SIZE: threads,
    MALLOC_ARENA_MAX: arenas,
  });
}
await import("./signer-process.ts");
