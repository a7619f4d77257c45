import { decodeJwt } from 'jose'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { apis, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, machineRequest, textOf } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const { organizations, clientGrants } = tenant.state
const id = organizations.list()[0]?.id ?? ''
const grant = clientGrants.list().find(({ client_id, audience }) => client_id === 'machine' && audience === apis.plain)
if (grant === undefined) throw new Error('No grant')
afterEach(() => void clientGrants.put(grant))

type Usage = typeof grant.organization_usage

const asked = {
  'no one': '',
  acme: 'acme',
  'the id of acme': id,
  nobody: 'nobody',
  'a name of every object': '__proto__',
} as const
type Asked = keyof typeof asked

const ask = (usage: Usage, organization: Asked) => {
  clientGrants.put(usage === undefined ? grant : { ...grant, organization_usage: usage })
  return askForToken(tenant, machineRequest(apis.plain, { organization: asked[organization] }))
}

test.each<[usage: Usage, organization: Asked, org_id: 'no org_id' | 'org_id']>([
  [undefined, 'no one', 'no org_id'],
  ['deny', 'no one', 'no org_id'],
  ['allow', 'no one', 'no org_id'],
  ['allow', 'acme', 'org_id'],
  ['allow', 'the id of acme', 'org_id'],
  ['require', 'acme', 'org_id'],
  ['require', 'the id of acme', 'org_id'],
])('with a grant that says %s a machine that asks for %s gets a token with %s', async (usage, organization, org_id) => {
  const answer = await ask(usage, organization)
  expect(answer).toMatchObject({ status: 200, body: { scope: 'read:things write:things' } })
  const claims = decodeJwt(textOf(answer, 'access_token'))
  expect(claims['org_id']).toBe(org_id === 'org_id' ? id : undefined)
  expect(claims).not.toHaveProperty('org_name')
})

type Answer = readonly [status: number, error: string, description: string]

const denied: Answer = [403, 'access_denied', 'The grant of this client does not allow organizations.']
const unknown: Answer = [400, 'invalid_request', 'Unknown organization.']
const required: Answer = [400, 'invalid_request', 'The grant of this client requires an organization.']

test.each<[usage: Usage, organization: Asked, answer: Answer]>([
  [undefined, 'acme', denied],
  [undefined, 'nobody', denied],
  ['deny', 'the id of acme', denied],
  ['allow', 'nobody', unknown],
  ['allow', 'a name of every object', unknown],
  ['require', 'nobody', unknown],
  ['require', 'no one', required],
])('with a grant that says %s a machine that asks for %s is refused', async (usage, organization, expected) => {
  const [status, error, error_description] = expected
  const answer = await ask(usage, organization)
  expect(answer).toMatchObject({ status })
  expect(answer.body).toEqual({ error, error_description })
})

test('says first that there is no grant', async () => {
  const fields = machineRequest(apis.plain, { client_id: 'stranger', organization: 'acme' })
  const { status, body } = await askForToken(tenant, fields)
  expect(status).toBe(403)
  expect(textOf({ body }, 'error_description')).toContain('You need to create a "client-grant"')
})
