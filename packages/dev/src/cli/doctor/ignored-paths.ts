/** What the plain entries of a `.gitignore` say about a path; entries that take something back are not read. */
export function ignoredBy(text: string): (path: string) => boolean {
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#!]/.test(line))
    .map(patternOf)
  return (path) => patterns.some((pattern) => pattern.test(path))
}

function patternOf(entry: string): RegExp {
  const bare = entry.replace(/^\/|\/$/g, '')
  const isAnchored = entry.startsWith('/') || bare.includes('/')
  const escaped = bare.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const wild = escaped.replace(/\*\*\/?|\*|\?/g, (sign) => (sign === '?' ? '[^/]' : sign === '*' ? '[^/]*' : '.*'))
  return new RegExp(`${isAnchored ? '^' : '(?:^|/)'}${wild}(?:/|$)`)
}
