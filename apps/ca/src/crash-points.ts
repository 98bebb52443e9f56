/** For kill tests: a process that ends or stands still, as by a power cut, before or after a named call of a port. */

/** Points of interruption, each `<port>.<call>:before|after`. */
export interface CrashPoints {
  /** Where the process kills itself. */
  readonly crashAt?: string | undefined;
  /** Where it stops (SIGSTOP), once each, until somebody lets it go on: another program is interrupted meanwhile. */
  readonly pausesAt?: readonly string[] | undefined;
}

/** Wraps a port so that the process is interrupted at its points; without a point it is the port itself. */
export function crashingPort<Port extends object>(name: string, port: Port, points: CrashPoints): Port {
  const { crashAt = "", pausesAt = [] } = points;
  if (![crashAt, ...pausesAt].some((point) => point.startsWith(`${name}.`))) return port;
  const pauses = new Set(pausesAt);
  const reach = (point: string): void => {
    if (point === crashAt) process.kill(process.pid, "SIGKILL");
    if (pauses.delete(point)) process.kill(process.pid, "SIGSTOP");
  };
  return new Proxy(port, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function" || typeof property !== "string") return member;
      return (...values: unknown[]) => {
        reach(`${name}.${property}:before`);
        const answer: unknown = Reflect.apply(member, target, values);
        if (!(answer instanceof Promise)) return answer; // what is read piece by piece has no effect
        return answer.then((settled: unknown) => {
          reach(`${name}.${property}:after`);
          return settled;
        });
      };
    },
  });
}
