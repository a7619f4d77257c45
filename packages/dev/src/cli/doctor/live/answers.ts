import { readBeginning } from '../../http/read-body.js'
import { withinSeconds } from '../../http/within-seconds.js'

/** An answer of the API, and what it was asked. */
export interface LiveAnswer {
  /** `GET without a token`. */
  readonly asked: string
  readonly status: number
  readonly headers: Headers
  /** The beginning of it. */
  readonly body: string
}

export interface LiveRequest {
  readonly asked: string
  /** Default `GET`. */
  readonly method?: 'OPTIONS'
  readonly headers?: Readonly<Record<string, string>>
}

export const limitSeconds = 5
const mostBytes = 16 * 1024

/** @throws The error of `fetch`, where there is no answer. */
export async function ask(url: URL, { asked, ...request }: LiveRequest): Promise<LiveAnswer> {
  return withinSeconds({ seconds: limitSeconds }, async (signal) => {
    const response = await fetch(url, { ...request, redirect: 'manual', signal })
    const { bytes } = await readBeginning(response, mostBytes)
    return { asked, status: response.status, headers: response.headers, body: Buffer.from(bytes).toString('utf8') }
  })
}

export function isAdmitted({ status }: LiveAnswer): boolean {
  return status >= 200 && status < 300
}

/** What a refusal of a missing or bad token looks like: 400 in the `auth0` profile, else 401. */
export function isRefused({ status }: LiveAnswer): boolean {
  return status === 400 || status === 401
}

/** For the evidence of a finding. */
export function evidenceOf(url: URL, { asked, status }: LiveAnswer): string {
  const [method = '', ...how] = asked.split(' ')
  return [method, `${url.origin}${url.pathname}`, ...how].join(' ').concat(`: ${status}`)
}
