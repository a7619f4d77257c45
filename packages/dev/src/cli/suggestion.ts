import { distance } from 'fastest-levenshtein'

/** What somebody meant who typed something that is not known: ` Did you mean "token"?`, or nothing. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, away: distance(typed.toLowerCase(), name) }))
    .sort((one, other) => one.away - other.away)
  return nearest !== undefined && nearest.away <= Math.max(2, nearest.name.length / 3)
    ? ` Did you mean "${nearest.name}"?`
    : ''
}
