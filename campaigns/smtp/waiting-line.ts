/** First in, first out, for thousands of items: taking the first does not move the others. */
export function openWaitingLine<T>(waits: (item: T) => boolean) {
  let items: T[] = []
  let first = 0
  return {
    length: (): number => items.length - first,
    push: (item: T): void => void items.push(item),
    /** The first that still waits. */
    next: (): T | undefined => {
      while (first < items.length) {
        const item = items[first++]!
        if (first === items.length) [items, first] = [[], 0]
        else if (first > 1_024 && first * 2 > items.length) [items, first] = [items.slice(first), 0]
        if (waits(item)) return item
      }
      return undefined
    },
  }
}
