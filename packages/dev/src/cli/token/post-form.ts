import { networkFailure } from './network-failure.js'
import { readBody } from './read-body.js'
import { withinSeconds } from './within-seconds.js'

/** What a tenant has answered: an object, if it was JSON at all. */
export interface TenantAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>> | undefined
}

interface Form {
  readonly fields: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

const limitSeconds = 10
const mostBytes = 256 * 1024

/**
 * Sends a form to a tenant.
 *
 * @throws {CliFailure} `unreachable`
 */
export async function postForm(url: string, { fields, headers = {}, signal }: Form): Promise<TenantAnswer> {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined)
  try {
    return await withinSeconds({ seconds: limitSeconds, signal }, async (limit) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { accept: 'application/json', ...headers },
        body: new URLSearchParams(given),
        // A redirect would take the secret to another place.
        redirect: 'manual',
        signal: limit,
      })
      const { bytes } = await readBody(response, mostBytes)
      return { status: response.status, headers: response.headers, body: objectIn(Buffer.from(bytes).toString('utf8')) }
    })
  } catch (error) {
    const { host, protocol } = new URL(url)
    const fix =
      protocol === 'http:'
        ? `Is the local tenant running? Start it: npx sallyport dev --port ${new URL(url).port || '80'}`
        : 'Check the domain (--domain, AUTH0_DOMAIN) and the network.'
    throw networkFailure(error, { host, limitSeconds, fix })
  }
}

function objectIn(text: string): TenantAnswer['body'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
