import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { codeFor, codeRequest } from '../support/login.js'
import { callback, protocolSeed, secret } from '../support/protocol-seed.js'
import { askForToken, type Fields } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const badCode = 'Invalid authorization code'
const badVerifier = 'Failed to verify code verifier'

const cases: readonly [what: string, changed: Fields, description: string][] = [
  ['another verifier', { code_verifier: 'x'.repeat(43) }, badVerifier],
  ['a verifier that is too short', { code_verifier: 'x' }, badVerifier],
  ['no verifier', { code_verifier: '' }, badVerifier],
  ['another client', { client_id: 'bound-page' }, badCode],
  ['another registered address', { redirect_uri: 'https://app.test/other' }, badCode],
  ['an address that only begins alike', { redirect_uri: `${callback}/more` }, badCode],
  ['no address', { redirect_uri: '' }, badCode],
]

test.each(cases)('refuses a code with %s, and it is spent', async (_, changed, error_description) => {
  const code = await codeFor(tenant)
  const refused = await askForToken(tenant, codeRequest(code, changed))
  expect(refused).toMatchObject({ status: 403 })
  expect(refused.body).toEqual({ error: 'invalid_grant', error_description })
  expect(await askForToken(tenant, codeRequest(code))).toMatchObject({ status: 403, body: { error: 'invalid_grant' } })
})

test('gives tokens for a code once', async () => {
  const code = await codeFor(tenant)
  expect(await askForToken(tenant, codeRequest(code))).toMatchObject({ status: 200 })
  expect(await askForToken(tenant, codeRequest(code))).toMatchObject({
    status: 403,
    body: { error: 'invalid_grant', error_description: 'Invalid authorization code' },
  })
})

test('gives tokens for a code to one of many who come at the same time', async () => {
  const code = await codeFor(tenant)
  const answers = await Promise.all(Array.from({ length: 20 }, () => askForToken(tenant, codeRequest(code))))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('gives nothing for a code that has expired', async () => {
  const code = await codeFor(tenant)
  tenant.clock.skew(61)
  const answer = await askForToken(tenant, codeRequest(code))
  tenant.clock.skew(0)
  expect(answer).toMatchObject({ status: 403, body: { error_description: 'Invalid authorization code' } })
})

test.each([
  ['plain', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 'x'.repeat(43)],
  ['without a method, which is plain', { code_challenge: 'y'.repeat(128), code_challenge_method: '' }, 'y'.repeat(128)],
])('takes the verifier of a challenge that is %s', async (_, fields, code_verifier) => {
  const code = await codeFor(tenant, { fields })
  expect(await askForToken(tenant, codeRequest(code, { code_verifier }))).toMatchObject({ status: 200 })
})

test('refuses a verifier where there was no challenge, as somebody has taken it away', async () => {
  const fields = { client_id: 'web', code_challenge: '', code_challenge_method: '' }
  const own = { client_id: 'web', client_secret: secret }
  const code = await codeFor(tenant, { fields })
  expect(await askForToken(tenant, codeRequest(code, own))).toMatchObject({
    status: 403,
    body: { error_description: 'Failed to verify code verifier' },
  })
  const other = await codeFor(tenant, { fields })
  expect(await askForToken(tenant, codeRequest(other, { ...own, code_verifier: '' }))).toMatchObject({ status: 200 })
})
