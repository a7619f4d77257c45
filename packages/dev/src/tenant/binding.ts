import type { Client, ResourceServer } from './model.js'
import { failure } from './oauth-error.js'

type Outcome = 'plain' | 'bound' | 'refused'
type ApiPolicy = 'userinfo' | 'none' | 'allowed' | 'required'

/** Whether a token is bound to the key of a proof, by what the client and the API demand: rows as Auth0 documents them. */
const outcomes: Readonly<Record<string, Readonly<Record<ApiPolicy, Outcome>>>> = {
  'no proof': { userinfo: 'plain', none: 'plain', allowed: 'plain', required: 'refused' },
  proof: { userinfo: 'bound', none: 'plain', allowed: 'bound', required: 'bound' },
  'no proof, client requires': { userinfo: 'refused', none: 'refused', allowed: 'refused', required: 'refused' },
  'proof, client requires': { userinfo: 'bound', none: 'refused', allowed: 'bound', required: 'bound' },
}

interface BindingFacts {
  readonly jkt: string | undefined
  readonly client: Client
  readonly isConfidential: boolean
  /** `undefined`: the token is for `/userinfo` alone. */
  readonly api: ResourceServer | undefined
}

/**
 * @returns The thumbprint that the token has to carry.
 * @throws {OAuthFailure} `invalid_request` where a proof is required, or the API knows no bound tokens.
 */
export function bindingFor({ jkt, client, isConfidential, api }: BindingFacts): string | undefined {
  const row = `${jkt === undefined ? 'no proof' : 'proof'}${client.require_proof_of_possession ? ', client requires' : ''}`
  const outcome = outcomes[row]?.[policyOf(api, isConfidential)]
  if (outcome === 'refused')
    throw jkt === undefined
      ? failure.proofRequired()
      : failure.malformed('This application demands DPoP, and the API is not set up for it.')
  return outcome === 'bound' ? jkt : undefined
}

function policyOf(api: ResourceServer | undefined, isConfidential: boolean): ApiPolicy {
  if (api === undefined) return 'userinfo'
  const { proof_of_possession: wanted } = api
  if (wanted === undefined || wanted.mechanism !== 'dpop') return 'none'
  const isForThisClient = wanted.required_for !== 'public_clients' || !isConfidential
  return wanted.required && isForThisClient ? 'required' : 'allowed'
}
