/** Words of a command, as a shell takes them. */

/** A word that needs quotes gets them. */
export function quotedWord(word: string): string {
  return /^[A-Za-z0-9_./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Those of the values that are there, each behind its flag. */
export function flagWords<N extends string>(
  values: Partial<Record<N, string | null | undefined>>,
  names: readonly N[],
): string[] {
  return names.flatMap((name) => {
    const value = values[name];
    return value === undefined || value === null ? [] : [`--${name}`, value];
  });
}
