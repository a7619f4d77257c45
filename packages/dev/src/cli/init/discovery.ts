import { isJsonObject, type JsonObject } from '../../explain/json-part.js'
import { CliFailure } from '../failure.js'
import { askForJson } from '../http/json-answer.js'
import { networkReason } from '../http/network-failure.js'
import { issuerOf } from '../project/issuer.js'
import type { Terminal } from '../terminal.js'

const limitSeconds = 5

/**
 * Looks whether a tenant answers at a domain, as itself and with keys that tokens can be checked with.
 *
 * @throws {CliFailure}
 * @see OpenID Connect Discovery 1.0 section 4.3
 */
export async function checkDiscovery(domain: string, terminal: Terminal): Promise<void> {
  const issuer = issuerOf(domain)
  if (issuer === undefined) throw refusal(domain, `${domain} is not a domain that Sallyport takes.`)
  const metadata = await terminal.during(
    `asking ${domain} for its metadata`,
    document(`${issuer}.well-known/openid-configuration`, domain),
  )
  if (metadata['issuer'] !== issuer) throw otherIssuer(domain, issuer, metadata['issuer'])
  const { jwks_uri } = metadata
  if (typeof jwks_uri !== 'string' || !URL.canParse(jwks_uri))
    throw refusal(domain, `The metadata of ${domain} names no key set.`)
  const { keys } = await terminal.during(`asking ${domain} for its keys`, document(jwks_uri, domain))
  if (!Array.isArray(keys) || !keys.some(isUsable))
    throw refusal(domain, `${domain} publishes no RSA key that access tokens could be checked with.`)
}

function isUsable(key: unknown): boolean {
  const { kty, use } = Object(key) as { readonly kty?: unknown; readonly use?: unknown }
  return kty === 'RSA' && (use === undefined || use === 'sig')
}

async function document(url: string, domain: string): Promise<JsonObject> {
  const { status, json } = await askForJson(url, { seconds: limitSeconds }).catch((error: unknown) => {
    throw unreachable(domain, networkReason(error, limitSeconds))
  })
  if (status >= 500) throw unreachable(domain, `it answered with status ${status}`)
  if (status !== 200) throw refusal(domain, `There is no tenant at ${domain}: it answered with status ${status}.`)
  if (isJsonObject(json)) return json
  throw refusal(domain, `There is no tenant at ${domain}: it answered with something that is not JSON.`)
}

function unreachable(domain: string, why: string): CliFailure {
  return new CliFailure('network', `${domain} cannot be reached: ${why}. Nothing was changed.`, {
    exit: 'network',
    fix: 'Look at the spelling and the network, or go on without the check: --offline',
  })
}

function otherIssuer(domain: string, expected: string, given: unknown): CliFailure {
  const named = typeof given === 'string' && URL.canParse(given) ? new URL(given).host : 'another issuer'
  return new CliFailure(
    'issuer_mismatch',
    `${domain} says that its tokens are issued by ${named}, so ${expected} would never match. Nothing was changed.`,
    { fix: `Use the domain that your applications use: --domain ${named}` },
  )
}

function refusal(domain: string, message: string): CliFailure {
  return new CliFailure('discovery', `${message} Nothing was changed.`, {
    fix: `Look at the spelling of ${domain}, or go on without the check: --offline`,
  })
}
