import { isJsonObject, type JsonObject } from '../../explain/json-part.js'
import { askForJson } from '../http/json-answer.js'
import { networkFailure } from '../http/network-failure.js'

/** What a tenant has answered: an object, if it was JSON at all. */
export interface TenantAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: JsonObject | undefined
}

interface Form {
  readonly fields: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

const limitSeconds = 10

/**
 * Sends a form to a tenant.
 *
 * @throws {CliFailure} `unreachable`
 */
export async function postForm(url: string, { fields, headers = {}, signal }: Form): Promise<TenantAnswer> {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const request = { method: 'POST', headers, body: new URLSearchParams(given), seconds: limitSeconds, signal }
  const answer = await askForJson(url, request).catch((error: unknown) => {
    throw unreachable(error, new URL(url))
  })
  const { status, json } = answer
  return { status, headers: answer.headers, body: isJsonObject(json) ? json : undefined }
}

function unreachable(error: unknown, { host, protocol, port }: URL) {
  const fix =
    protocol === 'http:'
      ? `Is the local tenant running? Start it: npx sallyport dev --port ${port || '80'}`
      : 'Check the domain (--domain, AUTH0_DOMAIN) and the network.'
  return networkFailure(error, { host, limitSeconds, fix })
}
