import { STATUS_CODES } from 'node:http'

const meanings: Readonly<Record<number, string>> = {
  200: 'it worked',
  201: 'it is created',
  202: 'accepted, to be done later',
  204: 'it worked, and there is nothing to show',
  301: 'it is elsewhere: see location',
  302: 'it is elsewhere: see location',
  303: 'look elsewhere: see location',
  307: 'it is elsewhere: see location',
  308: 'it is elsewhere: see location',
  400: 'the request is not as the API wants it',
  401: 'the API does not take this token, or wants one',
  403: 'the API knows who asks, and does not allow it',
  404: 'there is nothing at this address',
  405: 'the address does not take this method',
  415: 'the API does not take this type of body',
  422: 'the API does not take this content',
  429: 'too many requests',
  500: 'the API has failed',
  502: 'what stands before the API cannot reach it',
  503: 'the API cannot answer now; with Sallyport: it cannot reach the tenant or a store',
  504: 'what stands before the API waited too long',
}

/** `403 Forbidden: the API knows who asks, and does not allow it`. */
export function statusLine(status: number): string {
  const meaning = meanings[status]
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim() + (meaning === undefined ? '' : `: ${meaning}`)
}
