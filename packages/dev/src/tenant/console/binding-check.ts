import { dpopModeOf } from './api-settings-form.js'
import type { Finding, TokenFacts } from './inspect-token.js'

/** `cnf`: whether the token is bound to a key of the application. RFC 9449 section 6. */
export function bindingCheck({ claims, api }: TokenFacts): Finding {
  const { jkt } = Object(claims['cnf']) as { jkt?: unknown }
  const mode = dpopModeOf(api)
  if (typeof jkt === 'string')
    return {
      verdict: mode === 'none' ? 'note' : 'passes',
      text: `Bound to the key with the thumbprint ${jkt.slice(0, 60)}.${mode === 'none' ? ' DPoP is set to “None” for this API by now.' : ''}`,
      advice: 'Send it as “Authorization: DPoP …”, with a new proof in the DPoP header for each request.',
    }
  if (claims['cnf'] !== undefined)
    return { verdict: 'note', text: 'It is bound to something else than a DPoP key (“cnf” without “jkt”).' }
  if (mode === 'required' && api.proof_of_possession?.required_for !== 'public_clients')
    return {
      verdict: 'fails',
      text: 'It is a plain Bearer token, and this API requires DPoP.',
      advice: 'Ask for it with a proof: turn DPoP on in the SDK of the application.',
    }
  return { verdict: 'passes', text: 'A plain Bearer token: whoever has it can use it.' }
}
