/** Whether a product is found by what was typed: part of its name or id, case aside. */
export function matchesSearch(search: string, name: string, id: string): boolean {
  const wanted = search.trim().toLowerCase();
  return wanted === "" || `${name} ${id}`.toLowerCase().includes(wanted);
}
