import type { AppAnswer } from './guarding.js'

/** An answer as a `Response`; a list of values becomes several field lines. */
export function responseOf({ status, headers, body }: AppAnswer): Response {
  const fields = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  )
  const type: [string, string] = ['content-type', 'application/json; charset=utf-8']
  return new Response(JSON.stringify(body), { status, headers: [...fields, type] })
}
