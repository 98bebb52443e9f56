/** A port whose every call can be failed twice: before its effect, and after it with the answer lost. */

/** Which call fails, and whether its effect took place. */
export interface Failure {
  /** 1 for the first call made through the port. */
  readonly call: number;
  readonly when: "before" | "after";
}

/** The port with one failing call; `calls` counts and names what was called. */
export interface FailingPort<Port extends object> {
  readonly port: Port;
  readonly calls: string[];
}

/** Wraps a port. Methods that give no promise pass through. */
export function failingPort<Port extends object>(
  port: Port,
  failure: Failure | undefined,
  raise: () => Error,
): FailingPort<Port> {
  const calls: string[] = [];
  const wrapped = new Proxy(port, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      return async (...values: unknown[]) => {
        const call = calls.push(String(property));
        if (failure?.call === call && failure.when === "before") throw raise();
        const answer: unknown = await Reflect.apply(member, target, values);
        if (failure?.call === call && failure.when === "after") throw raise();
        return answer;
      };
    },
  });
  return { port: wrapped, calls };
}
