import { bearer, dpop, lines, row, type Situation } from './kit.js'

/** The rows of the demo, and rights that a route or a handler wants. */
export const demoSituations: readonly Situation[] = [
  row('a good token', 'A', bearer()),
  row('a good token where it is optional', 'A', bearer(), { path: '/maybe' }),
  row('garbage', 'T', lines('Authorization: Bearer garbage')),
  row('a tampered signature', 'T', async (kit) => tampered(await bearer()(kit))),
  row('an expired token', 'T', bearer({}, { expiresInSeconds: -60 })),
  row('a token for another API', 'T', bearer({ aud: 'https://other.test' })),
  row('a token of another issuer', 'T', bearer({ iss: 'https://other.test/' })),
  row('the right scope', 'A', bearer({ scope: 'read:messages' }), { path: '/messages' }),
  row('a missing scope', 'S', bearer({ scope: 'read:data' }), { path: '/messages' }),
  row('both scopes', 'A', bearer({ scope: 'write:data read:data' }), { method: 'POST', path: '/data' }),
  row('one of two', 'S', bearer({ scope: 'read:data' }), { method: 'POST', path: '/data' }),
  row('the right permission', 'A', bearer({ permissions: ['delete:data'] }), { path: '/permitted' }),
  row('a scope in place of a permission', 'S', bearer({ scope: 'delete:data' }), { path: '/permitted' }),
  row('a right that the handler wants', 'A', bearer({ scope: 'admin' }), { path: '/inside' }),
  row('a right that the handler misses', 'S', bearer(), { path: '/inside' }),
  row('a good proof and a missing scope', 'S', dpop(), { path: '/messages' }),
  row('a good proof, and the handler misses a right', 'S', dpop(), { path: '/inside' }),
  row('two guards and one proof', 'A', dpop({}, { scope: 'read:messages' }), { path: '/twice' }),
  row('two guards, and the second one refuses', 'S', dpop(), { path: '/twice' }),
]

/** Changes one character in the middle of the signature. */
function tampered([name = '', value = '']: readonly string[]): readonly string[] {
  const index = value.lastIndexOf('.') + 20
  return [name, `${value.slice(0, index)}${value[index] === 'A' ? 'B' : 'A'}${value.slice(index + 1)}`]
}
