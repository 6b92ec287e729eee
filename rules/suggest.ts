/**
 * Did you mean: the known word nearest to one that is not known.
 *
 * Distance counts insertions, deletions, changes and swaps of neighbours (restricted Damerau-Levenshtein). A word is
 * suggested up to one mistake in three letters; beyond that a guess misleads. Ties go to the word listed first, so the
 * same input gives the same message.
 */

/** Longer input is no misspelling, and the table of distances would be large. */
const LONGEST = 40;

export function suggest(seen: string, known: readonly string[]): string | undefined {
  if (seen.length > LONGEST) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const word of known) {
    const distance = editDistance(seen.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance && distance <= Math.max(1, Math.floor(word.length / 3))) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 0; i <= a.length; i++) rows[i]![0] = i;
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + change);
      // Before the first letter is `undefined`, which no letter equals.
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  }
  return rows[a.length]![b.length]!;
}
