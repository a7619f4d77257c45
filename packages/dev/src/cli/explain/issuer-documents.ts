import type { JWK } from 'jose'
import { isJsonObject, type JsonObject } from '../../explain/json-part.js'
import { askForJson } from '../http/json-answer.js'
import { networkFailure } from '../http/network-failure.js'

/** What the issuer publishes, or why it could not be had. */
export type IssuerDocuments =
  | {
      readonly metadata: JsonObject
      readonly keySet: JsonObject
      readonly keys: readonly JWK[]
      readonly aheadOfIssuerSeconds?: number | undefined
    }
  | { readonly problem: string; readonly advice: string }

const limitSeconds = 5

/** Metadata and keys, as an API fetches them. OpenID Connect Discovery 1.0 section 4. */
export async function issuerDocuments(issuer: string): Promise<IssuerDocuments> {
  const { host, origin } = new URL(issuer)
  try {
    const { json: metadata, aheadSeconds } = await document(`${issuer}.well-known/openid-configuration`)
    if (metadata['issuer'] !== issuer) return otherIssuer(host, metadata['issuer'])
    const { jwks_uri: uri } = metadata
    if (typeof uri !== 'string' || !URL.canParse(uri) || new URL(uri).origin !== origin)
      return {
        problem: `The metadata of ${host} names no key set of its own host.`,
        advice: 'See the option “jwksHosts”.',
      }
    const { json: keySet } = await document(uri)
    const { keys } = keySet
    if (!Array.isArray(keys)) return { problem: `${host} publishes no keys.`, advice: tryOffline }
    return { metadata, keySet, keys: keys.filter(isJsonObject), aheadOfIssuerSeconds: aheadSeconds }
  } catch (error) {
    if (error instanceof NoDocument)
      return { problem: `${host} publishes no keys: ${error.message}.`, advice: tryOffline }
    return { problem: networkFailure(error, { host, limitSeconds, fix: '' }).message, advice: tryOffline }
  }
}

const tryOffline = 'Look at the domain and the network, or leave the signature out with --offline.'

class NoDocument extends Error {}

interface Fetched {
  readonly json: JsonObject
  readonly aheadSeconds?: number
}

async function document(url: string): Promise<Fetched> {
  const { status, headers, json } = await askForJson(url, { seconds: limitSeconds })
  if (status !== 200) throw new NoDocument(`it answered with status ${status}`)
  if (!isJsonObject(json)) throw new NoDocument('it answered with something that is not JSON')
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? { json } : { json, aheadSeconds: Math.round((Date.now() - date) / 1000) }
}

function otherIssuer(host: string, given: unknown): IssuerDocuments {
  const named = typeof given === 'string' && URL.canParse(given) ? new URL(given).host : 'something else'
  return {
    problem: `${host} says that its tokens are issued by ${named}: an API that trusts ${host} fetches no keys from it.`,
    advice: `Use the domain that the tokens name: AUTH0_DOMAIN=${named}`,
  }
}
