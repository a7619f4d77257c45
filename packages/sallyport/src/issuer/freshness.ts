const minSeconds = 60
const maxSeconds = 3600

/**
 * How long a key set may be used without asking again: `Cache-Control: max-age` less `Age`, kept between 60 s and 1 h;
 * the default where there is none. RFC 9111 sections 4.2.1 and 5.2.2.
 */
export function freshSeconds(headers: Headers, defaultSeconds: number): number {
  const directives = (headers.get('cache-control') ?? '').split(',').map((directive) => directive.trim().toLowerCase())
  if (directives.includes('no-store') || directives.includes('no-cache')) return minSeconds
  const ages = directives.flatMap((directive) => /^max-age="?(\d{1,15})"?$/.exec(directive)?.[1] ?? [])
  if (ages.length === 0) return clampFreshSeconds(defaultSeconds)
  const age = Number(headers.get('age') ?? 0)
  return clampFreshSeconds(Math.min(...ages.map(Number)) - (age > 0 ? age : 0))
}

export function clampFreshSeconds(seconds: number): number {
  return Math.min(maxSeconds, Math.max(minSeconds, seconds))
}
