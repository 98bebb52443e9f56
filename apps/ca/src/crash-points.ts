/** For kill tests: a process that ends, as by a power cut, before or after a named call of a port. */

/** Wraps a port so that the process kills itself at `<name>.<call>:before|after`; without a point it is the port itself. */
export function crashingPort<Port extends object>(name: string, port: Port, crashAt: string | undefined): Port {
  if (crashAt?.startsWith(`${name}.`) !== true) return port;
  const [call, when] = crashAt.slice(name.length + 1).split(":");
  return new Proxy(port, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      return async (...values: unknown[]) => {
        if (property === call && when === "before") process.kill(process.pid, "SIGKILL");
        const answer: unknown = await Reflect.apply(member, target, values);
        if (property === call && when === "after") process.kill(process.pid, "SIGKILL");
        return answer;
      };
    },
  });
}
