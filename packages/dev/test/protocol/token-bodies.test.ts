import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { machineRequest } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const good = machineRequest(apis.plain)
const goodForm = String(new URLSearchParams(good))
const goodJson = JSON.stringify(good)

async function post(body: string | ReadableStream<Uint8Array>, type: string) {
  const init = { method: 'POST', body, headers: { 'content-type': type }, duplex: 'half' } as RequestInit
  const response = await tenant.fetch(`${tenant.issuer}oauth/token`, init)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const accepted: readonly [what: string, body: string, type: string][] = [
  ['a form', goodForm, form],
  ['a form with a character set', goodForm, `${form}; charset=utf-8`],
  ['JSON', goodJson, json],
  ['JSON with a character set', goodJson, 'Application/JSON; charset=utf-8'],
  ['JSON with nothing for a member', JSON.stringify({ ...good, scope: null, organization: '' }), json],
  ['a form with empty fields', `${goodForm}&scope=&organization=`, form],
  ['fields that nobody knows', `${goodForm}&auth0Client=eyJ9&__proto__=x&constructor=y&toString=z`, form],
  ['members that nobody knows', `${goodJson.slice(0, -1)},"__proto__":"x","constructor":"y","toString":"z"}`, json],
]

test.each(accepted)('takes %s', async (_, body, type) => {
  expect(await post(body, type)).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 86_400 } })
})

const wrongPlaces = JSON.stringify({ grant_type: 'client_credentials', audience: apis.plain, client_id: 'machine' })
const polluted = `${wrongPlaces.slice(0, -1)},"__proto__":{"client_secret":"${secret}"}}`

const refused: readonly [what: string, body: string, type: string, description: string][] = [
  ['a repeated parameter', `${goodForm}&audience=x`, form, 'The parameter "audience" is repeated.'],
  ['a repeated name that is not one', `${goodForm}&%3Cb%3E=1&%3Cb%3E=2`, form, 'The parameter "b" is repeated.'],
  ['half of a JSON', goodJson.slice(0, -1), json, 'The request body is not valid JSON.'],
  ['no JSON at all', '', json, 'The request body is not valid JSON.'],
  ['a list', '[]', json, 'The request body is not a JSON object.'],
  ['null', 'null', json, 'The request body is not a JSON object.'],
  ['a text', '"grant_type"', json, 'The request body is not a JSON object.'],
  ['a number for a parameter', JSON.stringify({ ...good, scope: 1 }), json, 'The parameter "scope" is not a string.'],
  [
    'a list for one',
    JSON.stringify({ ...good, audience: [apis.plain] }),
    json,
    'The parameter "audience" is not a string.',
  ],
  ['an object for the prototype', polluted, json, 'The parameter "__proto__" is not a string.'],
  ['JSON that says it is a form', goodJson, form, 'Missing required parameter: grant_type'],
  ['a form that says it is JSON', goodForm, json, 'The request body is not valid JSON.'],
  ['nothing', '', form, 'Missing required parameter: grant_type'],
  ['a huge form', `${goodForm}&x=${'x'.repeat(65_536)}`, form, 'The request body is too large.'],
  ['huge JSON', JSON.stringify({ ...good, x: 'x'.repeat(65_536) }), json, 'The request body is too large.'],
  ['a huge body of a few characters', `x=${'€'.repeat(22_000)}`, form, 'The request body is too large.'],
]

test.each(refused)('refuses %s', async (_, body, type, error_description) => {
  const answer = await post(body, type)
  expect(answer).toEqual({ status: 400, body: { error: 'invalid_request', error_description } })
})

test('does not read an endless body to its end', async () => {
  let sent = 0
  const chunk = new Uint8Array(16_384).fill(120)
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += chunk.length
      if (sent > 10_000_000) controller.close()
      else controller.enqueue(chunk)
    },
  })
  const answer = await post(endless, form)
  expect(answer).toMatchObject({ status: 400, body: { error_description: 'The request body is too large.' } })
  expect(sent).toBeLessThan(1_000_000)
})

test('leaves the prototype of every object as it was', async () => {
  await post('__proto__[isAdmin]=1&constructor.prototype.isAdmin=1&__proto__=isAdmin', form)
  await post('{"__proto__":"isAdmin","constructor":"isAdmin"}', json)
  expect(Object.prototype).not.toHaveProperty('isAdmin')
})
