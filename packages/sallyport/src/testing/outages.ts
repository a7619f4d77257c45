/** Ways in which an issuer can fail to serve its documents. */
export type Outage =
  /** No connection. */
  | 'down'
  /** Accepts the connection and stays silent. */
  | 'silent'
  /** Sends its document one byte a second. */
  | 'slow'
  /** Answers 200 with an HTML page. */
  | 'garbage'
  /** Answers 200 with JSON that never ends. */
  | 'huge'
  /** Metadata that names another issuer. */
  | 'wrong-issuer'
  /** Redirects to another path. */
  | 'redirect'
  /** A key set without keys. */
  | 'empty'
  /** Answers with this status. */
  | { readonly status: number; readonly retryAfterSeconds?: number }

/**
 * The response of an issuer in trouble, or `undefined` where the trouble is no response (`down`, `silent`) or does not
 * touch this document.
 */
export function outageResponse(outage: Outage, document: Readonly<Record<string, unknown>>): Response | undefined {
  if (typeof outage === 'object') {
    const { status, retryAfterSeconds } = outage
    return new Response(null, {
      status,
      headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    })
  }
  switch (outage) {
    case 'slow':
      return json(oneByteASecond(JSON.stringify(document)))
    case 'garbage':
      return new Response('<!doctype html><title>Maintenance</title>', { headers: { 'content-type': 'text/html' } })
    case 'huge':
      return json(endless())
    case 'wrong-issuer':
      return 'issuer' in document ? json(JSON.stringify({ ...document, issuer: 'https://another.test/' })) : undefined
    case 'redirect':
      return new Response(null, { status: 302, headers: { location: '/elsewhere' } })
    case 'empty':
      return 'keys' in document ? json(JSON.stringify({ keys: [] })) : undefined
    default:
      return undefined
  }
}

function json(body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

function oneByteASecond(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let offset = 0
  return new ReadableStream({
    async pull(controller) {
      if (offset === bytes.length) return controller.close()
      controller.enqueue(bytes.subarray(offset, offset + 1))
      offset += 1
      await new Promise((resolve) => setTimeout(resolve, 1000))
    },
  })
}

function endless(): ReadableStream<Uint8Array> {
  const start = new TextEncoder().encode('{"keys":[')
  const filling = new Uint8Array(64 * 1024).fill(0x20)
  let started = false
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(started ? filling : start)
      started = true
    },
  })
}
