/** Ends the process at a named point, as a power cut would: for tests of interruption. Does nothing unless configured. */
export type CrashPoint = (name: string) => void;

/**
 * Crash points are named `<effect>:before`, `<effect>:after` (done, not recorded) and `<effect>:recorded`. At `pausesAt`
 * the process stops (SIGSTOP), once each, until somebody lets it go on: another program is interrupted meanwhile.
 */
export function crashPoint(crashAt: string | undefined, pausesAt: readonly string[] = []): CrashPoint {
  const pauses = new Set(pausesAt);
  return (name) => {
    if (name === crashAt) process.kill(process.pid, "SIGKILL");
    if (pauses.delete(name)) process.kill(process.pid, "SIGSTOP");
  };
}
