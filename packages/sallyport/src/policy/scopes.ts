/** The values of a `scope` claim. One space separates them; other white space is part of a value. RFC 6749 section 3.3. */
export function parseScope(scope: unknown): ReadonlySet<string> {
  if (typeof scope !== 'string') return new Set()
  const values = new Set(scope.split(' '))
  values.delete('')
  return values
}
