/** The same JWS with one character of its signature changed. */
export function tampered(jws: string): string {
  const changed = jws.length - 40
  return `${jws.slice(0, changed)}${jws[changed] === 'A' ? 'B' : 'A'}${jws.slice(changed + 1)}`
}
