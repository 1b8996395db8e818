/** Waits for something at most that long: what it gave, or `late`. The timer is gone afterwards. */
export async function withinTime<Value>(promise: Promise<Value> | undefined, milliseconds: number): Promise<Value | 'late' | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
