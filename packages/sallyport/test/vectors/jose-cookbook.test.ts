import { beforeAll, describe, expect, it } from 'vitest'
import { RequestRefused } from '../../src/errors.js'
import { algorithms } from '../../src/signature/algorithms.js'
import { acceptJwk } from '../../src/signature/jwk.js'
import { parseCompact } from '../../src/token/compact.js'
import { checkHeader } from '../../src/token/header.js'
import { createHarness, type Harness } from '../support/harness.js'
import { describeVectors, listVectors, readVector } from '../support/vectors.js'
import { publicHalf, runtimes, verifies } from '../support/verifies.js'

interface Example {
  readonly title: string
  readonly input: { readonly key?: Jwk | readonly Jwk[]; readonly alg: unknown }
  readonly output: Partial<Record<'compact' | 'json' | 'json_flat', unknown>>
}
type Jwk = Readonly<Record<string, unknown>>

const cookbook = 'ietf-jose-cookbook'
const allAlgorithms = [...algorithms.values()].map(({ name }) => name)

describeVectors('JOSE cookbook', () => {
  const nested = readVector<{ readonly sign: Example; readonly encrypt: Example }>(
    `${cookbook}/6.nesting_signatures_and_encryption.json`,
  )
  const jws = [
    ...[
      ...listVectors(`${cookbook}/jws`),
      ...listVectors(`${cookbook}/rfc7797`),
      `${cookbook}/curve25519/jws.json`,
    ].map((path) => readVector<Example>(path)),
    { ...nested.sign, title: 'Nested: the signature' },
  ]
  const jwe = [
    ...[...listVectors(`${cookbook}/jwe`), `${cookbook}/curve25519/ecdh-es.json`].map((path) =>
      readVector<Example>(path),
    ),
    { ...nested.encrypt, title: 'Nested: the encryption' },
  ]

  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
    await harness.api.warmUp()
  })

  describe.each(runtimes)('compact JWS with $runtime', ({ prepareKey }) => {
    const compact = jws.flatMap(({ title, input, output }) =>
      typeof output.compact === 'string'
        ? [{ title, alg: input.alg, members: keysOf(input), jws: output.compact }]
        : [],
    )

    it('has examples of every signature scheme', () => {
      const schemes = compact.map(({ alg }) => algorithms.get(String(alg))?.scheme)
      expect(new Set(schemes)).toEqual(new Set(['pkcs1', 'pss', 'ecdsa', 'eddsa', undefined]))
    })

    it.each(compact)('verifies $title if $alg is an algorithm here', async ({ alg, members, jws: token }) => {
      const isOurs = algorithms.has(String(alg))
      expect(await verifies(members.map(publicHalf), token, prepareKey)).toBe(isOurs)
      expect(await verifies(members, token, prepareKey), 'with the private key in the set').toBe(false)
    })
  })

  it.each(listVectors(`${cookbook}/rfc7797`))('refuses the header of %s for its b64 and crit', (path) => {
    // Not `signing.protected_b64u`: in one file it is no JSON.
    const { output } = readVector<{ readonly output: { readonly json_flat: { readonly protected: string } } }>(path)
    const check = () => checkHeader(output.json_flat.protected, { algorithms: allAlgorithms, tokenProfile: 'auth0' })
    expect(codeOf(check)).toBe('header_parameter_refused')
  })

  it.each([
    ['3_1.ec_public_key', ['ES512']],
    ['3_2.ec_private_key', 'private_key'],
    ['3_3.rsa_public_key', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ['3_4.rsa_private_key', 'private_key'],
    ['3_5.symmetric_key_mac_computation', 'symmetric_key'],
    ['3_6.symmetric_key_encryption', 'symmetric_key'],
  ])('judges the key %s as %j', (name, expected) => {
    const jwk = acceptJwk(readVector<Jwk>(`${cookbook}/jwk/${name}.json`), allAlgorithms)
    expect(typeof jwk === 'string' ? jwk : jwk.algorithms.map((algorithm) => algorithm.name)).toEqual(expected)
  })

  it.each(jwe.filter(({ output }) => output.compact !== undefined))(
    'refuses $title as encrypted, before a part of it is decoded',
    async ({ output }) => {
      const token = String(output.compact)
      expect(await harness.outcome(token)).toBe('T')
      expect(codeOf(() => parseCompact(token))).toBe('token_encrypted')
      expect(codeOf(() => parseCompact(token.replace(/[^.]/g, 'A')))).toBe('token_encrypted')
    },
  )

  const serialized = [...jws, ...jwe].flatMap(({ title, output }) =>
    (['json', 'json_flat'] as const).flatMap((form) =>
      output[form] === undefined ? [] : [{ title, form, text: JSON.stringify(output[form]) }],
    ),
  )
  it.each(serialized)('refuses $title in the form $form', async ({ text }) => {
    const fetches = harness.fetches()
    expect(await harness.outcome(text)).toBe('T')
    expect(harness.fetches()).toBe(fetches)
  })
})

function keysOf({ key }: Example['input']): readonly Jwk[] {
  return key === undefined ? [] : [key].flat()
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    throw error
  }
  throw new Error('Nothing was refused.')
}
