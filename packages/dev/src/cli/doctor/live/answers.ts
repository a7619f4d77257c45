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
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
}

const limitMilliseconds = 5000
const maxBody = 16 * 1024

/** @throws The error of `fetch`, where there is no answer. */
export async function ask(url: URL, { asked, method, headers = {} }: LiveRequest): Promise<LiveAnswer> {
  const signal = AbortSignal.timeout(limitMilliseconds)
  const response = await fetch(url, { method, headers, redirect: 'manual', signal })
  return { asked, status: response.status, headers: response.headers, body: await beginningOf(response) }
}

/** An event stream has no end. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length >= maxBody) break
    }
  } catch {
    // The time is over, or the connection: what came is what there is.
  }
  return text.slice(0, maxBody)
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
