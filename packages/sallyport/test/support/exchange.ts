import { once } from 'node:events'
import { type IncomingMessage, request as send } from 'node:http'
import { text } from 'node:stream/consumers'

/** What is the same on every framework: status, body, and the fields that Sallyport answers for. */
export interface Exchanged {
  readonly status: number | undefined
  readonly body: unknown
  /** One after the other: a `Headers` object joins field lines, which means the same. RFC 9110 section 5.3. */
  readonly challenges: string
  readonly cacheControl: string | undefined
  readonly contentType: string | undefined
  /** How many `DPoP-Nonce` fields there are. */
  readonly nonces: number
}

/** Sends a request with exactly these field lines, and `Host`. */
export async function exchangeWith(url: string, method: string, fields: readonly string[]): Promise<Exchanged> {
  const sent = send(url, {
    method,
    headers: ['Host', new URL(url).host, 'Content-Length', '0', ...fields] as unknown as readonly string[],
  })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const { statusCode: status, headers, rawHeaders } = response
  const body = await text(response)
  return {
    status,
    body: body === '' ? undefined : JSON.parse(body),
    challenges: valuesOf(rawHeaders, 'www-authenticate').join(', '),
    cacheControl: headers['cache-control'],
    contentType: headers['content-type']?.toLowerCase().replace(/; */, '; '),
    nonces: valuesOf(rawHeaders, 'dpop-nonce').length,
  }
}

function valuesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
}
