/** Ends the process at a named point, as a power cut would: for tests of interruption. Does nothing unless configured. */
export type CrashPoint = (name: string) => void;

/** Crash points are named `<effect>:before`, `<effect>:after` (done, not recorded) and `<effect>:recorded`. */
export function crashPoint(crashAt: string | undefined): CrashPoint {
  return (name) => {
    if (name === crashAt) process.kill(process.pid, "SIGKILL");
  };
}
