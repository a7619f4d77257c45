import type { Facts } from './facts.js'
import { type Finding, fails, note, passes } from './finding.js'
import { isCanonical, isJsonObject } from './json-part.js'
import { shown } from './words.js'

const members = ['jkt', 'x5t#S256']

/** `cnf`: whether the token is bound to a key, and sent as such a token has to be. RFC 9449 sections 6 and 7. */
export function bindingCheck(facts: Facts): Finding {
  const { cnf } = facts.claims
  if (cnf === undefined) return unbound(facts)
  if (!isConfirmation(cnf))
    return fails(
      'confirmation_refused',
      '“cnf” is empty, or says something else than a SHA-256 thumbprint in “jkt” or “x5t#S256”.',
      'Only the issuer can put that right: nothing else counts as a binding here.',
    )
  return typeof cnf['jkt'] === 'string' ? boundToKey(cnf['jkt'], facts) : boundToCertificate(facts)
}

function isConfirmation(cnf: unknown): cnf is Readonly<Record<string, string>> {
  if (!isJsonObject(cnf) || Object.keys(cnf).length === 0) return false
  return Object.entries(cnf).every(([name, value]) => members.includes(name) && isThumbprint(value))
}

function isThumbprint(value: unknown): boolean {
  return typeof value === 'string' && isCanonical(value) && Buffer.from(value, 'base64url').length === 32
}

const howToSend = 'Send it as “Authorization: DPoP …”, with a new proof in the DPoP header for each request.'

function boundToKey(jkt: string, { request: { scheme, proof }, dpop, known }: Facts): Finding {
  const text = `Bound to the key with the thumbprint ${shown(jkt)}.`
  if (scheme === 'Bearer' || dpop === 'disabled')
    return fails(
      'bound_token_as_bearer',
      `It is bound to a key (“cnf.jkt”), and must not be sent as Bearer.`,
      dpop === 'disabled' ? 'Let the API take DPoP: option “dpop”.' : howToSend,
    )
  if (known.api?.dpop === 'none') return note(`${text} DPoP is set to “None” for this API by now.`, howToSend)
  return passes(text, proof === undefined ? howToSend : undefined)
}

function boundToCertificate({ request: { scheme } }: Facts): Finding {
  if (scheme === 'DPoP') return notBound()
  return note(
    'It is bound to something else than a DPoP key (“cnf” without “jkt”): to a client certificate.',
    'The connection to the API has to show that certificate, RFC 8705.',
    'certificate_missing',
  )
}

function unbound({ request: { scheme }, dpop }: Facts): Finding {
  if (scheme === 'DPoP') return notBound()
  if (dpop === 'required')
    return fails(
      'token_not_bound',
      'It is a plain Bearer token, and this API requires DPoP.',
      'Ask for it with a proof: turn DPoP on in the SDK of the application.',
    )
  return passes('A plain Bearer token: whoever has it can use it.')
}

function notBound(): Finding {
  return fails(
    'token_not_bound',
    'It is sent with the DPoP scheme, but is a plain Bearer token (no “cnf.jkt”).',
    'Was a proof sent to the token endpoint, too? If so, the API is set to take none: Auth0 then gives a plain token and says nothing. Set Sender Constraining of the API to DPoP, and look at "token_type" of the answer. Else send it as Bearer.',
  )
}
