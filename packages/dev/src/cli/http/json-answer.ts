import { jsonIn } from '../json.js'
import { readBody } from './read-body.js'
import { type Limits, withinSeconds } from './within-seconds.js'

/** What a server has answered that speaks JSON. */
export interface JsonAnswer {
  readonly status: number
  readonly headers: Headers
  /** `undefined` where it was none. */
  readonly json: unknown
}

interface JsonRequest extends Limits {
  /** Default `GET`. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | URLSearchParams
}

const mostBytes = 1024 * 1024

/**
 * Asks for JSON. Redirects are not followed: they would take what is sent to another place.
 *
 * @throws What `fetch` throws, and a `TimeoutError`: `networkFailure` makes a sentence of it.
 */
export function askForJson(url: string | URL, { seconds, signal, headers, ...rest }: JsonRequest): Promise<JsonAnswer> {
  return withinSeconds({ seconds, signal }, async (limit) => {
    const response = await fetch(url, {
      ...rest,
      headers: { accept: 'application/json', ...headers },
      redirect: 'manual',
      signal: limit,
    })
    const { bytes } = await readBody(response, mostBytes)
    const { status, headers: fields } = response
    return { status, headers: fields, json: jsonIn(Buffer.from(bytes).toString('utf8')) }
  })
}
