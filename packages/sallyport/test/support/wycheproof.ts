import { readVector, type Verdict } from './vectors.js'
import { publicHalf } from './verifies.js'

type Jwk = Readonly<Record<string, unknown>>
type Keys = Jwk | { readonly keys: readonly Jwk[] }

interface WycheproofFile {
  readonly testGroups: readonly {
    readonly comment: string
    readonly public?: Keys
    readonly private?: Keys
    readonly tests: readonly {
      readonly tcId: number
      readonly comment: string
      readonly result: Verdict
      readonly jws?: string | object
      readonly jwe?: string | object
    }[]
  }[]
}

export interface WycheproofCase {
  readonly tcId: number
  readonly group: string
  readonly comment: string
  readonly result: Verdict
  /** The public keys of the group; where the file has only private ones, their public halves. */
  readonly members: readonly Jwk[]
}

export function readJwsCases(file: string): readonly (WycheproofCase & { readonly jws: string })[] {
  return readCases(file, 'jws').map(({ serialized, ...shared }) => ({ ...shared, jws: serialized }))
}

export function readJweCases(file: string): readonly (WycheproofCase & { readonly jwe: string })[] {
  return readCases(file, 'jwe').map(({ serialized, ...shared }) => ({ ...shared, jwe: serialized }))
}

function readCases(file: string, form: 'jws' | 'jwe') {
  return readVector<WycheproofFile>(file).testGroups.flatMap((group) =>
    group.tests.flatMap(({ tcId, comment, result, [form]: given }) => {
      if (given === undefined) return []
      const serialized = typeof given === 'string' ? given : JSON.stringify(given)
      return [{ tcId, group: group.comment, comment, result, members: publicMembers(group), serialized }]
    }),
  )
}

function publicMembers({ public: given, private: pair }: { readonly public?: Keys; readonly private?: Keys }) {
  const keys = given ?? pair
  if (keys === undefined) throw new Error('The group has no key.')
  const members = 'keys' in keys && Array.isArray(keys.keys) ? (keys.keys as readonly Jwk[]) : [keys as Jwk]
  return members.map(publicHalf)
}

export function expectedVerdict(
  overrides: Readonly<Record<string, { readonly expect: Verdict } | undefined>>,
  tcId: number,
  published: Verdict,
): Verdict {
  return overrides[tcId]?.expect ?? published
}

export function isSymmetric(jwk: Jwk): boolean {
  return jwk['kty'] === 'oct'
}
