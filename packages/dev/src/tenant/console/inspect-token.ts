import { type Explanation, explainToken } from '../../explain/explain-token.js'
import type { Expectations, Keys, Known } from '../../explain/facts.js'
import { readOpaque } from '../access-token.js'
import { sha256 } from '../identifiers.js'
import type { ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { dpopModeOf } from './api-settings-form.js'

/** Explains whether an API of this tenant takes a token, by what the tenant knows. */
export function inspectToken(pasted: string, api: ResourceServer, context: TenantContext): Promise<Explanation> {
  return explainToken(pasted, expectationsOf(api, context))
}

function expectationsOf(api: ResourceServer, context: TenantContext): Expectations {
  const { issuer, clock } = context
  const isForAll = api.proof_of_possession?.required_for !== 'public_clients'
  return {
    issuers: [issuer],
    audiences: [api.identifier],
    algorithms: [api.signing_alg],
    dpop: dpopModeOf(api) === 'required' && isForAll ? 'required' : 'allowed',
    scopes: [],
    permissions: [],
    clock,
    keys: () => keysOf(api, context),
    request: {},
    known: { ...knownOf(context), api: knownApi(api) },
  }
}

/** Revoked ones, too: a tenant can tell them from those of strangers. */
async function keysOf({ signing_alg, signing_secret = '' }: ResourceServer, { keys }: TenantContext): Promise<Keys> {
  if (signing_alg === 'HS256') return { kind: 'secret', secret: signing_secret }
  // An API that fetches them waits until the next key is there.
  await keys.published()
  return {
    kind: 'published',
    keys: keys.list().map(({ publicJwk, kid, state }) => ({ jwk: { ...publicJwk, kid }, state })),
  }
}

function knownApi(api: ResourceServer): NonNullable<Known['api']> {
  return {
    name: api.name,
    dialect: api.token_dialect,
    isRbac: api.enforce_policies,
    permissions: api.scopes.map(({ value }) => value),
    dpop: dpopModeOf(api),
  }
}

/** What the state of the tenant says about what stands in a token. */
export function knownOf(context: TenantContext): Known {
  const { state } = context
  const clientName = (id: string) => state.clients.get(id)?.name
  return {
    issuerName: 'this tenant',
    identifiers: new Map(state.resourceServers.list().map(({ identifier, name }) => [identifier, name])),
    clientName,
    subject: (sub) => {
      const machine = sub.endsWith('@clients') ? clientName(sub.slice(0, -'@clients'.length)) : undefined
      if (machine !== undefined) return `The application ${machine} itself: no user is involved.`
      const user = state.users.get(sub)
      return user && `The user ${user.email}${user.blocked === true ? ', who is blocked by now' : ''}.`
    },
    organizationName: (id) => state.organizations.get(id)?.display_name,
    isRefreshToken: (text) => state.refreshTokens.get(sha256(text)) !== undefined,
    opaqueSubject: async (token) => (await readOpaque(token, context))?.sub,
  }
}
