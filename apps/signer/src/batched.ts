/**
 * Makes one question of those that arrive together: `ask` is called once a turn of the event loop with every key asked
 * for in it. Keys without an answer get undefined; a failure is everybody's.
 */
export function batched<Key, Value>(
  ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  let waiting: { readonly keys: Set<Key>; readonly answers: Promise<ReadonlyMap<Key, Value>> } | undefined;
  return async (key) => {
    waiting ??= gather();
    waiting.keys.add(key);
    return (await waiting.answers).get(key);
  };

  function gather() {
    const keys = new Set<Key>();
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const answers = turn.then(() => {
      waiting = undefined;
      return ask([...keys]);
    });
    return { keys, answers };
  }
}
