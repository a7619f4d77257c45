import { beforeAll, describe, expect, it } from 'vitest'
import { signCompact } from '../../src/testing/index.js'
import { createHarness, type Harness, type HarnessOptions, type Outcome } from '../support/harness.js'

/** Claims of a valid token, in which a test changes what it is about. */
type Changes = Readonly<Record<string, unknown>>

const sevenDays = 604_800
const fast: HarnessOptions = { algorithms: ['ES256'], testIssuer: { algorithm: 'ES256' } }

describe('D. Times', () => {
  let exact: Harness
  let usual: Harness
  let unlimited: Harness
  beforeAll(async () => {
    exact = await createHarness({ ...fast, clockToleranceSeconds: 0 })
    usual = await createHarness(fast)
    unlimited = await createHarness({ ...fast, maxTokenLifetimeSeconds: 'unlimited' })
  })

  it.for([undefined, null, '2000000000', '', true, false, [], [2_000_000_000], {}])(
    'D01 refuses exp %j',
    async (exp) => {
      expect(await outcomeOf(usual, { exp })).toBe('T')
      expect(await outcomeOf(unlimited, { exp })).toBe('T')
      expect(usual.events.at(-1)).toMatchObject({ code: 'claim_refused' })
    },
  )

  it.each<[number, Outcome]>([
    [-1, 'T'],
    [0, 'T'],
    [1, 'A'],
  ])('D02 answers exp = now%+i without tolerance by the clock', async (offset, outcome) => {
    expect(await outcomeOf(exact, { exp: exact.clock.nowSeconds() + offset })).toBe(outcome)
  })

  describe.each([0, 5, 60])('with a tolerance of %i seconds', (clockToleranceSeconds) => {
    let harness: Harness
    beforeAll(async () => {
      harness = await createHarness({ ...fast, clockToleranceSeconds })
    })

    it.each<[number, Outcome]>([
      [-1, 'T'],
      [0, 'T'],
      [1, 'A'],
    ])('D03 answers an exp that lies %+i s off the boundary', async (offset, outcome) => {
      const exp = harness.clock.nowSeconds() - clockToleranceSeconds + offset
      expect(await outcomeOf(harness, { exp })).toBe(outcome)
    })
    it('D03 refuses a remembered token from the same second on', async () => {
      const token = await signed(harness, { exp: harness.clock.nowSeconds() + 10 })
      expect(await harness.outcome(token)).toBe('A')
      harness.clock.advance(10 + clockToleranceSeconds - 1)
      expect(await harness.outcome(token)).toBe('A')
      harness.clock.advance(1)
      expect(await harness.outcome(token)).toBe('T')
      expect(harness.events.at(-1)).toMatchObject({ code: 'token_expired' })
    })
    it.each<[number, Outcome]>([
      [-1, 'A'],
      [0, 'A'],
      [1, 'T'],
    ])('D08 answers an nbf that lies %+i s off the boundary', async (offset, outcome) => {
      const nbf = harness.clock.nowSeconds() + clockToleranceSeconds + offset
      expect(await outcomeOf(harness, { nbf })).toBe(outcome)
    })
  })

  it.each([
    '1e400',
    '-1e400',
    '1e308',
    '1.7976931348623157e308',
    '9007199254740992',
    '9007199254740993',
    'NaN',
    'Infinity',
  ])('D04 refuses the exp %s, even with an unlimited lifetime', async (number) => {
    expect(await outcomeOfText(unlimited, 'exp', number)).toBe('T')
    expect(await outcomeOfText(usual, 'exp', number)).toBe('T')
  })
  it('D04 accepts the largest whole second with an unlimited lifetime', async () => {
    expect(await outcomeOfText(unlimited, 'exp', '9007199254740991')).toBe('A')
  })

  it.each(['-1', '-0.5', '-1e300', '-9007199254740993', '0', '-0'])('D05 refuses the exp %s', async (number) => {
    expect(await outcomeOfText(usual, 'exp', number)).toBe('T')
    expect(await outcomeOfText(unlimited, 'exp', number)).toBe('T')
  })

  it.each<[number, Outcome]>([
    [0.5, 'A'],
    [0.001, 'A'],
    [-0.001, 'T'],
    [-0.5, 'T'],
    [59.5, 'A'],
  ])('D06 answers the fractional exp = now%+f by the clock', async (offset, outcome) => {
    expect(await outcomeOf(exact, { exp: exact.clock.nowSeconds() + offset })).toBe(outcome)
  })

  it('D07 refuses an exp in milliseconds by the lifetime limit, which can be turned off', async () => {
    const exp = (usual.clock.nowSeconds() + 60) * 1000
    expect(String(exp)).toHaveLength(13)
    expect(await outcomeOf(usual, { exp })).toBe('T')
    expect(usual.events.at(-1)).toMatchObject({ code: 'token_lifetime_refused' })
    expect(await outcomeOf(unlimited, { exp })).toBe('A')
  })
  it('D07 refuses a token whose times are all in milliseconds', async () => {
    const milliseconds = usual.clock.nowSeconds() * 1000
    for (const harness of [usual, unlimited]) {
      expect(await outcomeOf(harness, { iat: milliseconds, exp: milliseconds + 60_000 })).toBe('T')
    }
  })
  it.each<[number, Outcome]>([
    [sevenDays - 1, 'A'],
    [sevenDays, 'A'],
    [sevenDays + 1, 'T'],
  ])('D07 answers a lifetime of %i s by the default of 7 days', async (lifetime, outcome) => {
    const iat = usual.clock.nowSeconds() - 10
    expect(await outcomeOf(usual, { iat, exp: iat + lifetime })).toBe(outcome)
  })
  it.each<[number, Outcome]>([
    [600, 'A'],
    [601, 'T'],
  ])('D07 answers a lifetime of %i s by the option', async (lifetime, outcome) => {
    const harness = await createHarness({ ...fast, maxTokenLifetimeSeconds: 600 })
    const iat = harness.clock.nowSeconds()
    expect(await outcomeOf(harness, { iat, exp: iat + lifetime })).toBe(outcome)
  })

  it('D08 refuses an nbf in the future until its time has come', async () => {
    const token = await signed(usual, { nbf: usual.clock.nowSeconds() + 30 })
    expect(await usual.outcome(token)).toBe('T')
    expect(usual.events.at(-1)).toMatchObject({ code: 'token_not_yet_valid' })
    usual.clock.advance(25)
    expect(await usual.outcome(token)).toBe('A')
  })
  it('D08 refuses a remembered token when the clock is set back before its nbf', async () => {
    const token = await signed(usual, { nbf: usual.clock.nowSeconds() })
    expect(await usual.outcome(token)).toBe('A')
    usual.clock.jump(-6)
    expect(await usual.outcome(token)).toBe('T')
    usual.clock.jump(6)
    expect(await usual.outcome(token)).toBe('A')
  })
  it.for([null, '', '1700000000', true, [], {}, -1, 2 ** 53])('D08 refuses nbf %j', async (nbf) => {
    expect(await outcomeOf(usual, { nbf })).toBe('T')
  })
  it.each(['NaN', 'Infinity', '1e400', '-1e400'])('D08 refuses the nbf %s', async (number) => {
    expect(await outcomeOfText(usual, 'nbf', number)).toBe('T')
  })
  it('D08 accepts an nbf in the past', async () => {
    expect(await outcomeOf(usual, { nbf: usual.clock.nowSeconds() - 3600 })).toBe('A')
  })

  it.for([undefined, null, '1700000000', '', true, [], {}, -1])('D09 refuses iat %j', async (iat) => {
    expect(await outcomeOf(usual, { iat })).toBe('T')
    expect(usual.events.at(-1)).toMatchObject({ code: 'claim_refused' })
  })
  it.each(['NaN', '1e400', '-1e400'])('D09 refuses the iat %s', async (number) => {
    expect(await outcomeOfText(unlimited, 'iat', number)).toBe('T')
  })
  it.each<[number, Outcome]>([
    [10, 'A'],
    [59, 'A'],
    [60, 'A'],
    [60.5, 'T'],
    [61, 'T'],
    [3600, 'T'],
  ])('D09 answers an iat that lies %i s in the future', async (offset, outcome) => {
    const iat = usual.clock.nowSeconds() + offset
    expect(await outcomeOf(usual, { iat, exp: iat + 60 })).toBe(outcome)
    expect(await outcomeOf(exact, { iat: exact.clock.nowSeconds() + offset, exp: iat + 3600 })).toBe(outcome)
  })
  it('D09 refuses an iat so old that the token lives longer than the limit', async () => {
    const now = usual.clock.nowSeconds()
    expect(await outcomeOf(usual, { iat: now - sevenDays, exp: now + 60 })).toBe('T')
    expect(await outcomeOf(usual, { iat: 0 })).toBe('T')
    expect(await outcomeOf(unlimited, { iat: 0 })).toBe('A')
  })

  it.each<[number, number, Outcome]>([
    [10, 11, 'T'],
    [10, 10.5, 'T'],
    [-2, -1, 'T'],
    [50, 60, 'T'],
    [10, 10, 'A'],
  ])('D10 answers exp = now%+f with iat = now%+f by their order', async (exp, iat, outcome) => {
    const now = usual.clock.nowSeconds()
    expect(await outcomeOf(usual, { exp: now + exp, iat: now + iat })).toBe(outcome)
    expect(await outcomeOf(unlimited, { exp: now + exp, iat: now + iat })).toBe(outcome)
  })
})

async function outcomeOf(harness: Harness, changes: Changes): Promise<Outcome> {
  return harness.outcome(await signed(harness, changes))
}

/** With a number that is written as it stands here, which `JSON.stringify` would not do. */
async function outcomeOfText(harness: Harness, name: string, number: string): Promise<Outcome> {
  const { kid, algorithm: alg } = harness.issuer.currentKey()
  const text = JSON.stringify(claims(harness, { [name]: '@' })).replace('"@"', number)
  return harness.outcome(await signCompact({ alg, kid, typ: 'at+jwt' }, text, harness.issuer.currentKey()))
}

function signed(harness: Harness, changes: Changes): Promise<string> {
  return harness.issuer.token(claims(harness, changes))
}

function claims({ issuer, clock }: Harness, changes: Changes): Changes {
  const now = clock.nowSeconds()
  return { iss: issuer.issuer, aud: issuer.audience, sub: 'user', iat: now - 3600, exp: now + 3600, ...changes }
}
