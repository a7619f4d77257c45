import { beforeAll, describe, expect, it } from 'vitest'
import {
  answerTo,
  createResourceServer,
  type RequestHeaders,
  type Requirement,
  type ResourceServer,
  type SallyportEvent,
} from '../../src/index.js'
import { createHarness, type Harness, type Outcome } from '../support/harness.js'

/** Field lines as they arrive. In values and URLs, `@` stands for a good access token. */
type Fields = readonly (readonly [name: string, value: string])[]

const forms: readonly (readonly [string, (fields: Fields) => RequestHeaders])[] = [
  ['a flat list', (fields) => fields.flat()],
  ['a Headers object', (fields) => new Headers(fields.map(([name, value]) => [name, value]))],
  ['an object of lists', distinct],
]

type Letter = Exclude<Outcome, 'P' | 'N' | 'S' | 'U' | 'X'>

/** What an outcome looks like in both error profiles; bodies without their descriptions. */
const answers: Readonly<Record<Letter, object>> = {
  A: { rfc: 'admitted', auth0: 'admitted' },
  T: {
    rfc: { status: 401, body: { error: 'invalid_token' }, challenge: 'invalid_token' },
    auth0: { status: 401, body: { detail: { error: 'invalid_token' } }, challenge: 'invalid_token' },
  },
  R: {
    rfc: { status: 400, body: { error: 'invalid_request' }, challenge: 'invalid_request' },
    auth0: { status: 400, body: { detail: { error: 'invalid_request' } }, challenge: 'invalid_request' },
  },
  '-': {
    rfc: { status: 401, body: {}, challenge: undefined },
    auth0: { status: 400, body: { detail: { error: 'invalid_request' } }, challenge: undefined },
  },
}

describe.each(forms)('E. HTTP credentials in %s', (_, form) => {
  let harness: Harness
  let servers: Readonly<Record<'rfc' | 'auth0', ResourceServer>>
  const events: SallyportEvent[] = []
  let token: string
  let other: string
  beforeAll(async () => {
    harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
    const { issuer, clock } = harness
    const { audience, fetch } = issuer
    const options = { issuer: issuer.issuer, audience, fetch, clock, algorithms: ['ES256'] as const }
    servers = {
      rfc: createResourceServer({ ...options, errorProfile: 'rfc', onEvent: (event) => events.push(event) }),
      auth0: createResourceServer({ ...options, errorProfile: 'auth0' }),
    }
    token = await issuer.token({ scope: 'read:messages' })
    other = await issuer.token({ sub: 'another' })
  })

  interface Case {
    readonly url?: string
    readonly requirement?: Requirement
  }

  async function expectOutcome(outcome: Letter | readonly Letter[], fields: Fields, given: Case = {}): Promise<void> {
    const { url = '/resource', requirement = {} } = given
    const filled = fields.map(([name, value]) => [name, value.replaceAll('@', token)] as const)
    const request = { method: 'GET', url: url.replaceAll('@', token), headers: form(filled) }
    const answered = async (server: ResourceServer) => {
      try {
        await server.authenticate(request, requirement)
        return 'admitted'
      } catch (error) {
        const { status, headers, body } = answerTo(error, server)
        const [challenge = '', other, ...others] = [headers['www-authenticate'] ?? []].flat()
        expect(others).toEqual([])
        expect(challenge).toMatch(/^Bearer realm="api"/)
        expect(other).toMatch(/^DPoP algs="ES256 EdDSA"/)
        expect(JSON.stringify(body)).not.toContain(token.slice(-20))
        return { status, body: withoutDescription(body), challenge: /error="(\w+)"/.exec(challenge)?.[1] }
      }
    }
    const letters = [outcome].flat()
    const answer = { rfc: await answered(servers.rfc), auth0: await answered(servers.auth0) }
    expect(letters.map((letter) => answers[letter])).toContainEqual(answer)
    if (Array.isArray(request.headers) && url === '/resource')
      expect(letters).toContain(await harness.outcomeOf(request.headers, requirement))
  }

  it('E01 answers a request without credentials without an error code', async () => {
    await expectOutcome('-', [])
    await expectOutcome('-', [['Accept', '*/*']])
  })

  it.each<[string, 'A' | 'R']>([
    ['Bearer', 'R'],
    ['Bearer ', 'R'],
    ['Bearer    ', 'R'],
    ['Bearer\t', 'R'],
    ['Bearer\t@', 'R'],
    ['Bearer \t@', 'R'],
    ['Bearer  @', 'A'],
    ['Bearer    @', 'A'],
    ['', 'R'],
  ])('E02 answers %j by whether a token follows the spaces', (value, outcome) =>
    expectOutcome(outcome, [['Authorization', value]]),
  )

  it.each(['bearer', 'BEARER', 'BeArEr', 'bEARER'])('E03 accepts the scheme %s', async (scheme) => {
    await expectOutcome('A', [['Authorization', `${scheme} @`]])
    await expectOutcome('A', [['authorization', `${scheme}  @`]])
    await expectOutcome('A', [['AUTHORIZATION', `${scheme} @`]])
  })

  it.each([
    'Basic dXNlcjpwYXNz',
    'Basic @',
    'Token @',
    'JWT @',
    'Negotiate @',
    'Bearer@',
    'Bearer_@',
    'Bearers @',
    'XBearer @',
    'Bearer2 @',
    '@',
  ])('E04 takes %j for no credentials', (value) => expectOutcome('-', [['Authorization', value]]))

  it.each([
    'Bearer a b',
    'Bearer @ @',
    'Bearer @ x',
    'Bearer a,b',
    'Bearer @,@',
    'Bearer "a"',
    'Bearer "@"',
    'Bearer <@>',
    'Bearer token="@"',
    'Bearer @;x',
    'Bearer Bearer @',
    'Bearer: @',
    ' , Bearer @',
    '"Bearer" @',
  ])('E05 refuses %j as malformed', (value) => expectOutcome('R', [['Authorization', value]]))

  it('E06 refuses two Authorization lines, equal or not', async () => {
    await expectOutcome('R', [bearer('@'), bearer('@')])
    await expectOutcome('R', [bearer('@'), bearer(other)])
    await expectOutcome('R', [bearer(other), ['authorization', 'Bearer @']])
    await expectOutcome('R', [bearer('@'), ['Authorization', 'Basic dXNlcjpwYXNz']])
    await expectOutcome('R', [['Authorization', 'Basic dXNlcjpwYXNz'], bearer('@')])
    await expectOutcome('R', [bearer('@'), bearer('@'), bearer('@')])
    await expectOutcome('R', [bearer('@'), bearer('@')], { requirement: { optional: true } })
  })
  it('E06 refuses an empty Authorization line before or after a good one', async () => {
    await expectOutcome('R', [['Authorization', ''], bearer('@')])
    await expectOutcome('R', [bearer('@'), ['Authorization', '']])
  })

  it.each([
    'Bearer @, Bearer @',
    'Bearer @,Bearer other',
    'Bearer @, Basic dXNlcjpwYXNz',
    'Basic dXNlcjpwYXNz, Bearer @',
    'Bearer @,',
    'Bearer ,@',
  ])('E08 refuses %j, which a proxy has joined', (value) => expectOutcome('R', [['Authorization', value]]))

  it.each(['/?access_token=@', '/?a=1&access_token=@', '/?access_token=', '/?access_token=@#x'])(
    'E09 ignores the token in %j and tells, and refuses it beside a header',
    async (url) => {
      const from = events.length
      await expectOutcome('-', [], { url })
      expect(events.slice(from)).toContainEqual({ type: 'credentials.ignored', where: 'query' })
      await expectOutcome('A', [], { url, requirement: { optional: true } })
      await expectOutcome('R', [bearer('@')], { url })
      await expectOutcome('R', [bearer(other)], { url, requirement: { optional: true } })
    },
  )
  it.each(['/?xaccess_token=@', '/?x=access_token=@', '/access_token=@', '/?access_tokens=@'])(
    'E09 sees no token in %j',
    async (url) => {
      await expectOutcome('-', [], { url })
      await expectOutcome('A', [bearer('@')], { url })
    },
  )

  it.each(['/?access_token[]=@', '/?access_token[0]=@', '/?access_token[a]=@', '/?access_token%5B%5D=@'])(
    'E11 ignores the token in %j, alone and beside a header',
    async (url) => {
      await expectOutcome('-', [], { url })
      await expectOutcome('A', [bearer('@')], { url })
    },
  )
  it('E11 ignores a token that the query names twice', () =>
    expectOutcome('-', [], { url: '/?access_token=@&access_token=@' }))

  const elsewhere: readonly (readonly [string, string, string])[] = [
    ['Cookie', 'access_token=@', 'access_token=x'],
    ['Cookie', 'Authorization=Bearer @; token=@', 'Authorization=Bearer x'],
    ['Set-Cookie', 'access_token=@', 'access_token=x'],
  ]
  it.each(elsewhere)('E12 ignores %s: %s', async (name, value, wrong) => {
    await expectOutcome('-', [[name, value]])
    await expectOutcome('A', [[name, wrong], bearer('@')])
  })

  it.each(['DPoP @', 'Bearer @', 'Basic dXNlcjpwYXNz'])('E13 ignores Proxy-Authorization: %s', async (value) => {
    await expectOutcome('-', [['Proxy-Authorization', value]])
    await expectOutcome('A', [['Proxy-Authorization', value.replace('@', 'x')], bearer('@')])
  })

  it.each([
    'X-Forwarded-Authorization',
    'X-Original-Authorization',
    'X-Authorization',
    'X-Access-Token',
    'X-Auth-Token',
    'X-Amzn-Oidc-Accesstoken',
    'Authorization-',
    '_Authorization',
    'Authentication',
  ])('E14 ignores %s', async (name) => {
    await expectOutcome('-', [[name, 'Bearer @']])
    await expectOutcome('A', [[name, 'Bearer x'], bearer('@')])
    await expectOutcome('T', [[name, 'Bearer @'], bearer('x')])
  })

  it('E17 refuses a token that is bound to a key when it comes as a bearer token', async () => {
    const bound = await harness.issuer.token({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } })
    await expectOutcome('T', [bearer(bound)])
    await expectOutcome('T', [bearer(bound)])
    await expectOutcome('T', [bearer(bound)], { requirement: { optional: true } })
  })

  it.each(['t\u00f6ken', '\u00ff@', '@\u00ff', '@\u00a0', '\u00a0@', '@\u0080'])(
    'E23 refuses the Latin-1 token %j',
    (text) => expectOutcome(['R', 'T'], [bearer(text)]),
  )
  it('E23 refuses a Latin-1 letter in every part of a good token', async () => {
    for (let part = 0; part < 3; part += 1) {
      const spoiled = token.split('.').map((text, index) => (index === part ? `${text.slice(0, -1)}\u00e9` : text))
      await expectOutcome(['R', 'T'], [bearer(spoiled.join('.'))])
    }
  })

  it.each<[string, Letter, Fields]>([
    ['admits none', 'A', []],
    ['admits a good token', 'A', [bearer('@')]],
    ['refuses an opaque token', 'T', [bearer('opaque')]],
    ['refuses a token with a broken signature', 'T', [bearer('@A')]],
    ['refuses an empty token', 'R', [['Authorization', 'Bearer']]],
    ['refuses two tokens', 'R', [bearer('@'), bearer('@')]],
    ['refuses another scheme', '-', [['Authorization', 'Basic dXNlcjpwYXNz']]],
  ])('E26 %s where credentials are optional', (_title, outcome, fields) =>
    expectOutcome(outcome, fields, { requirement: { optional: true } }),
  )
  it('E26 refuses an expired token where credentials are optional', async () => {
    const expired = await harness.issuer.token({}, { expiresInSeconds: -60 })
    await expectOutcome('T', [bearer(expired)], { requirement: { optional: true } })
  })
})

describe('E. HTTP credentials that only some forms can have', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({ algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } })
  })

  it.each<[string, string]>([
    ['a NUL at the end', 'Bearer @\u0000'],
    ['a line break at the end', 'Bearer @\r\n'],
    ['a folded line', 'Bearer\r\n @'],
    ['a second field behind a line break', 'Bearer @\r\nAuthorization: Bearer @'],
  ])('E07 refuses a value with %s that a server let through', async (_, value) => {
    const filled = value.replaceAll('@', await harness.issuer.token())
    expect(await harness.outcomeOf(['Authorization', filled])).toBe('R')
  })
  it.each(['Bearer @\u{1f600}', 'Bearer \u043e@', 'Bearer \ud800@'])('E23 refuses %j', async (value) => {
    const filled = value.replaceAll('@', await harness.issuer.token())
    expect(['R', 'T']).toContain(await harness.outcomeOf(['Authorization', filled]))
  })
})

function bearer(token: string): readonly [string, string] {
  return ['Authorization', `Bearer ${token}`]
}

/** As `IncomingMessage.headersDistinct` has them. */
function distinct(fields: Fields): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null)
  for (const [name, value] of fields) {
    const lines = headers[name.toLowerCase()] ?? []
    headers[name.toLowerCase()] = [...lines, value]
  }
  return headers
}

function withoutDescription(body: object): object {
  return JSON.parse(JSON.stringify(body, (name, value) => (name === 'error_description' ? undefined : value)))
}
