import type { ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { bindingCheck } from './binding-check.js'
import { dialectCheck } from './dialect-check.js'
import { audienceCheck, issuerCheck } from './party-checks.js'
import { type JsonObject, readPasted } from './pasted-token.js'
import { permissionsCheck } from './permissions-check.js'
import { signatureCheck } from './signature-check.js'
import { timeCheck } from './time-check.js'

/** What a check has to say. `note`: an API takes the token, yet somebody may be surprised. */
export interface Finding {
  readonly verdict: 'passes' | 'fails' | 'note'
  readonly text: string
  /** What to do about it. */
  readonly advice?: string
}

export interface Check extends Omit<Finding, 'verdict'> {
  readonly name: string
  readonly verdict: Finding['verdict'] | 'open'
}

export interface TokenFacts {
  readonly token: string
  readonly header: JsonObject
  readonly claims: JsonObject
  readonly api: ResourceServer
  readonly context: TenantContext
}

export interface Inspection {
  readonly checks: readonly Check[]
  readonly header?: JsonObject
  readonly claims?: JsonObject
}

const checks: readonly (readonly [name: string, run: (facts: TokenFacts) => Finding | Promise<Finding>])[] = [
  ['Kind', kindCheck],
  ['Signature', signatureCheck],
  ['Issuer', issuerCheck],
  ['Audience', audienceCheck],
  ['Time', timeCheck],
  ['Binding', bindingCheck],
  ['Dialect', dialectCheck],
  ['Permissions', permissionsCheck],
]

/** Explains whether an API takes a token, and why not, in the order in which an API looks. */
export async function inspectToken(pasted: string, api: ResourceServer, context: TenantContext): Promise<Inspection> {
  const read = await readPasted(pasted, context)
  if (read.token === undefined) {
    const { problem: text, ...rest } = read
    const open = checks.map(([name]) => ({ name, verdict: 'open', text: 'Not looked at.' }) as const)
    return { checks: [{ name: 'Form', verdict: 'fails', text, ...rest }, ...open] }
  }
  const { token, header, claims } = read
  const found: Check[] = [{ name: 'Form', verdict: 'passes', text: 'A JWT in three parts.' }]
  for (const [name, run] of checks) found.push({ name, ...(await run({ token, header, claims, api, context })) })
  return { checks: found, header, claims }
}

function kindCheck({ claims, header, context }: TokenFacts): Finding {
  const client = context.state.clients.list().find(({ client_id }) => client_id === claims['aud'])
  if (header['typ'] === 'dpop+jwt')
    return {
      verdict: 'fails',
      text: 'This is a DPoP proof: it goes into the DPoP header beside an access token.',
      advice: 'Paste the token of the Authorization header.',
    }
  if (client !== undefined || claims['nonce'] !== undefined || claims['at_hash'] !== undefined)
    return {
      verdict: 'fails',
      text: `This is an ID token: it tells ${client?.name ?? 'an application'} who has logged in. No API takes it.`,
      advice: 'Send the access token to the API instead: "access_token" of the same answer.',
    }
  return { verdict: 'passes', text: 'An access token.' }
}
