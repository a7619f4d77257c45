import { beforeAll, describe, expect, it } from 'vitest'
import type { Auth, Requirement } from '../../src/index.js'
import { createHarness, type Harness, type HarnessOptions, type Outcome } from '../support/harness.js'

type Claims = Readonly<Record<string, unknown>>

const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }
const issuer = 'https://issuer.test/'
const api = 'https://api.test'

describe('D. Identity', () => {
  let harness: Harness
  let strict: Harness
  let resolving: Harness
  beforeAll(async () => {
    harness = await createHarness(fast)
    strict = await createHarness({ ...fast, tokenProfile: 'rfc9068' })
    resolving = await createHarness({ ...fast, domains: () => ['issuer.test'] })
  })

  async function outcomeOf(claims: Claims, requirement?: Requirement, at: Harness = harness): Promise<Outcome> {
    return at.outcome(await at.issuer.token(claims), requirement)
  }

  it('D11 accepts the issuer as it is spelled, from a list and from a resolver', async () => {
    expect(await outcomeOf({ iss: issuer })).toBe('A')
    expect(await outcomeOf({ iss: issuer }, {}, resolving)).toBe('A')
  })

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 1],
    ['a list', [issuer]],
    ['an object', { toString: issuer }],
    ['in another case', 'https://ISSUER.test/'],
    ['of another scheme in case', 'HTTPS://issuer.test/'],
    ['of http', 'http://issuer.test/'],
    ['without its slash', 'https://issuer.test'],
    ['with a slash too many', 'https://issuer.test//'],
    ['with a user', 'https://user@issuer.test/'],
    ['with the default port', 'https://issuer.test:443/'],
    ['with another port', 'https://issuer.test:8443/'],
    ['with a query', 'https://issuer.test/?'],
    ['with a fragment', 'https://issuer.test/#'],
    ['with a dot at the end of its host', 'https://issuer.test./'],
    ['with a percent-encoded letter', 'https://issue%72.test/'],
    ['with a space', 'https://issuer.test/ '],
    ['a bare host', 'issuer.test'],
  ])('D11 refuses an iss that is %s, and fetches nothing', async (_, iss) => {
    for (const at of [harness, resolving]) {
      const fetches = at.fetches()
      expect(await outcomeOf({ iss }, {}, at)).toBe('T')
      expect(at.events.at(-1)).toMatchObject({ code: 'issuer_refused' })
      expect(at.fetches()).toBe(fetches)
    }
  })

  it.each([
    'https://issuer.test.evil.test/',
    'https://issuer.test@evil.test/',
    'https://evil.test/?https://issuer.test/',
    'https://evil.test/#https://issuer.test/',
    'https://evil.test/https://issuer.test/',
    'https://issuer.test\\@evil.test/',
    'https://evilissuer.test/',
    'https://evil.issuer.test/',
    'https://issuer.test/evil/',
    'https://issuer.test/../',
    'https://\u0456ssuer.test/',
    'https://xn--ssuer-n4e.test/',
    'https://\uff49ssuer.test/',
    'https://issuer\u3002test/',
    'https://issuer.test/\u0000',
    'https://issuer.test/\n',
    'data:,https://issuer.test/',
    '__proto__',
    `https://issuer.test/${'x'.repeat(4000)}`,
  ])('D12 refuses the iss %j, and fetches nothing', async (iss) => {
    for (const at of [harness, resolving]) {
      const fetches = at.fetches()
      expect(await outcomeOf({ iss }, {}, at)).toBe('T')
      expect(at.events.at(-1)).toMatchObject({ code: 'issuer_refused' })
      expect(at.fetches()).toBe(fetches)
    }
  })

  it.for([undefined, null, '', [], {}, 1, true, [''], [null]])('D13 refuses aud %j', async (aud) => {
    expect(await outcomeOf({ aud })).toBe('T')
  })

  it.each<[string, unknown, Outcome]>([
    ['this API alone', [api], 'A'],
    ['this API first', [api, 'https://other.test'], 'A'],
    ['this API last', ['https://other.test', api], 'A'],
    ['this API twice', [api, api], 'A'],
    ['other APIs', ['https://other.test', 'https://another.test'], 'T'],
    ['a number too', [api, 1], 'T'],
    ['null too', [null, api], 'T'],
    ['a list too', [api, ['x']], 'T'],
    ['a list with this API', [[api]], 'T'],
    ['1 000 entries and this API', [...manyAudiences(), api], 'A'],
    ['1 000 entries', manyAudiences(), 'T'],
  ])('D14 answers an aud list with %s', async (_, aud, outcome) => {
    expect(await outcomeOf({ aud })).toBe(outcome)
  })

  it.each([
    'https://api.tes',
    'https://api.test/',
    'https://api.test.evil.test',
    'https://api.test2',
    'ttps://api.test',
    'xhttps://api.test',
    'HTTPS://API.TEST',
    'https://API.test',
    'https://api.test ',
    ' https://api.test',
    'https://api.test\u0000',
    'https://api.test https://other.test',
    'https://api.test,https://other.test',
    'https%3A%2F%2Fapi.test',
    'api.test',
  ])('D15 refuses aud %j', async (aud) => {
    expect(await outcomeOf({ aud })).toBe('T')
    expect(await outcomeOf({ aud: [aud] })).toBe('T')
    expect(harness.events.at(-1)).toMatchObject({ code: 'audience_refused' })
  })

  it.each(['.*', 'api|x', '^https://', '/.*/', '*', '[a-z]+', 'https://*.test'])(
    'D16 takes the audience option %j literally',
    async (audience) => {
      const at = await createHarness({ ...fast, audience })
      for (const aud of [api, 'api', 'x', '', 'a']) expect(await outcomeOf({ aud }, {}, at)).toBe('T')
      expect(await outcomeOf({ aud: audience }, {}, at)).toBe('A')
    },
  )

  it.for([undefined, null, '', 1, true, ['user'], {}])('D17 refuses sub %j in the rfc9068 profile', async (sub) => {
    expect(await outcomeOf({ sub }, {}, strict)).toBe('T')
    expect(strict.events.at(-1)).toMatchObject({ code: 'claim_refused' })
  })
  it('D17 refuses a sub of 1 MB by the size of the token', async () => {
    expect(await outcomeOf({ sub: 'x'.repeat(1_000_000) }, {}, strict)).toBe('T')
    expect(strict.events.at(-1)).toMatchObject({ code: 'token_too_large' })
  })

  describe.each(['client_id', 'jti'])('%s', (name) => {
    it.for([undefined, null, '', 1, true, ['x'], {}])('D18 refuses it as %j in the rfc9068 profile', async (value) => {
      expect(await outcomeOf({}, {}, strict)).toBe('A')
      expect(await outcomeOf({ [name]: value }, {}, strict)).toBe('T')
      expect(strict.events.at(-1)).toMatchObject({ code: 'claim_refused' })
    })
  })

  it('D31 refuses a token of another tenant whose keys come from the same host', async () => {
    const at = await createHarness({
      algorithms: ['ES256'],
      testIssuer: { algorithm: 'ES256', issuer: 'https://login.test/tenant-a/' },
    })
    const fetches = at.fetches()
    for (const iss of [
      'https://login.test/tenant-b/',
      'https://login.test/',
      'https://login.test/tenant-a/../tenant-b/',
    ])
      expect(await outcomeOf({ iss }, {}, at)).toBe('T')
    expect(at.fetches()).toBe(fetches)
  })

  it('D32 keeps a user apart from a client of the same name', async () => {
    const user = await authOf({ sub: 'collision', client_id: 'web-app' })
    const client = await authOf({ sub: 'collision', client_id: 'collision', gty: 'client-credentials' })
    expect(user.claims).toMatchObject({ sub: 'collision', client_id: 'web-app' })
    expect(user.claims['gty']).toBeUndefined()
    expect(client.claims).toMatchObject({ sub: 'collision', client_id: 'collision', gty: 'client-credentials' })
    expect((await authOf({ sub: undefined, client_id: 'collision' })).claims.sub).toBeUndefined()
  })

  async function authOf(claims: Claims): Promise<Auth> {
    const headers = ['Authorization', `Bearer ${await harness.issuer.token(claims)}`]
    return harness.api.authenticate({ method: 'GET', url: '/resource', headers })
  }
})

function manyAudiences(): readonly string[] {
  return Array.from({ length: 1000 }, (_, index) => index.toString(36))
}
