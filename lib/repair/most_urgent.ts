/** Up to `count` of these, the most urgent first and equals in their order. Each one's urgency is computed once. */
export function mostUrgent<Item>(
  items: readonly Item[],
  count: number,
  urgency: (item: Item) => number,
): Item[] {
  return items.map((item) => ({ item, urgency: urgency(item) }))
    .sort((a, b) => b.urgency - a.urgency)
    .slice(0, count)
    .map(({ item }) => item);
}
