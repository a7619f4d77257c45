import { decodeJwt } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { createTenant } from '../../src/index.js'
import { tokensFor } from '../support/login.js'
import { createProofKey, nonceOf } from '../support/proofs.js'
import { apis, protocolSeed, secret } from '../support/protocol-seed.js'
import { askForToken, machineRequest, textOf } from '../support/token-requests.js'

const tenant = await createTenant('https://tenant.test/', { seed: protocolSeed })
afterAll(() => tenant.close())

const key = await createProofKey(tenant)
const nonce = await nonceOf(tenant, key)

type Outcome = 'plain' | 'bound' | 'refused' | 'never'

/** As AUTH0-FACTS 3.4 has it: by what the client demands and whether it sends a proof. */
const matrix: readonly [client: 'demands it' | 'does not', proof: 'proof' | 'none', outcomes: readonly Outcome[]][] = [
  // No audience, no DPoP at the API, allowed there, demanded there.
  ['does not', 'none', ['plain', 'plain', 'plain', 'refused']],
  ['does not', 'proof', ['bound', 'plain', 'bound', 'bound']],
  ['demands it', 'none', ['refused', 'refused', 'refused', 'refused']],
  ['demands it', 'proof', ['bound', 'refused', 'bound', 'bound']],
]
const audiences = ['', apis.plain, apis.dpopAllowed, apis.dpopRequired]
const cells = matrix.flatMap(([client, proof, outcomes]) =>
  audiences.map((audience, at) => [client, proof, audience, outcomes[at] ?? 'never'] as const),
)

function expectOutcome(answer: Awaited<ReturnType<typeof askForToken>>, outcome: Outcome, isOpaque: boolean): void {
  if (outcome === 'refused') {
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    expect(answer.body).not.toHaveProperty('access_token')
    return
  }
  expect(answer).toMatchObject({ status: 200, body: { token_type: outcome === 'bound' ? 'DPoP' : 'Bearer' } })
  if (isOpaque) return
  const { cnf } = decodeJwt(textOf(answer, 'access_token'))
  expect(cnf).toEqual(outcome === 'bound' ? { jkt: key.jkt } : undefined)
}

test.each(cells)('for a page that %s, with %s, for "%s": %s', async (client, proof, audience, outcome) => {
  const client_id = client === 'demands it' ? 'bound-page' : 'page'
  const headers = proof === 'proof' ? { dpop: await key.prove({ claims: { nonce } }) } : undefined
  const answer = await tokensFor(tenant, { fields: { client_id, audience } }, headers)
  expectOutcome(answer, outcome, audience === '')
})

const ofMachines = cells.filter(([, , audience]) => audience !== '')

test.each(ofMachines)('for a machine that %s, with %s, for "%s": %s', async (client, proof, audience, outcome) => {
  const client_id = client === 'demands it' ? 'bound-machine' : 'machine'
  const headers = proof === 'proof' ? { dpop: await key.prove() } : undefined
  expectOutcome(await askForToken(tenant, machineRequest(audience, { client_id }), headers), outcome, false)
})

test('does not ask confidential clients where an API demands it of public ones', async () => {
  const api = tenant.state.resourceServers.list().find(({ identifier }) => identifier === apis.dpopRequired)
  if (api === undefined) throw new Error('No such API')
  const proof_of_possession = { mechanism: 'dpop', required: true, required_for: 'public_clients' } as const
  tenant.state.resourceServers.put({ ...api, proof_of_possession })
  const machine = await askForToken(tenant, machineRequest(apis.dpopRequired))
  const web = await tokensFor(tenant, { fields: { client_id: 'web', audience: apis.dpopRequired } })
  const page = await tokensFor(tenant, { fields: { audience: apis.dpopRequired } })
  tenant.state.resourceServers.put(api)
  expectOutcome(machine, 'plain', false)
  expectOutcome(web, 'plain', false)
  expectOutcome(page, 'refused', false)
})

test('tells a client that sent a proof what is wrong, where it is not the proof', async () => {
  const fields = machineRequest(apis.plain, { client_id: 'bound-machine', client_secret: secret })
  const without = await askForToken(tenant, fields)
  expect(without.body).toEqual({ error: 'invalid_request', error_description: 'A DPoP proof is required.' })
  const withProof = await askForToken(tenant, fields, { dpop: await key.prove() })
  expect(withProof.body).not.toEqual(without.body)
})
