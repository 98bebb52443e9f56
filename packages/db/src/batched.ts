/**
 * Makes one question of those that wait together: at most `atOnce` are under way, each with every key that was asked for
 * until it began, `most` at most. Keys without an answer get undefined; a failure is everybody's who asked with it.
 */
export function batched<Key, Value>(
  ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  { atOnce, most }: { readonly atOnce: number; readonly most: number },
): (key: Key) => Promise<Value | undefined> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let gathering: { readonly keys: Set<Key>; readonly answers: Promise<ReadonlyMap<Key, Value>> } | undefined;
  return async (key) => {
    gathering ??= gather();
    const { keys, answers } = gathering;
    keys.add(key);
    if (keys.size === most) gathering = undefined;
    return (await answers).get(key);
  };

  function gather() {
    const keys = new Set<Key>();
    const answers = untilFree().then(async () => {
      if (gathering?.keys === keys) gathering = undefined;
      try {
        return await ask([...keys]);
      } finally {
        const next = waiting.shift();
        if (next === undefined) underWay -= 1;
        else next();
      }
    });
    return { keys, answers };
  }

  /** Resolves when one more may be asked, with those of the same turn of the event loop. */
  function untilFree(): Promise<void> {
    return new Promise((resolve) => {
      if (underWay === atOnce) return void waiting.push(resolve);
      underWay += 1;
      setImmediate(resolve);
    });
  }
}
