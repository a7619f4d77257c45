import { exchange } from '../raw-http.js'

/** A request as it is written, byte for byte. Texts are Latin-1. */
export interface WrittenRequest {
  readonly method: string
  readonly target: string
  /** Names and values in turn. `Host` is added where there is none, but for HTTP/1.0. */
  readonly fields: readonly string[]
  readonly body?: string | undefined
  readonly version?: '1.0' | '1.1' | undefined
}

/** What is the same on every framework: status, body, and the fields that Sallyport answers for. */
export interface Answered {
  readonly status: number
  readonly body: unknown
  /** One after the other: a `Headers` object joins field lines, which means the same. RFC 9110 section 5.3. */
  readonly challenges: string
  readonly cacheControl: string | undefined
  readonly contentType: string | undefined
  /** The values of the `DPoP-Nonce` fields. */
  readonly nonces: readonly string[]
}

/** An answer, and every byte of it. */
export interface Asked {
  readonly answer: Answered
  readonly text: string
}

/** Sends a request on a connection of its own. */
export async function ask(origin: string, request: WrittenRequest): Promise<Asked> {
  const [text = ''] = await askInOneGo(origin, [request])
  const { head, content } = readAnswer(text, request.method) ?? { head: [], content: '' }
  const values = (name: string) =>
    head.flatMap((line) => (line.toLowerCase().startsWith(`${name}:`) ? [line.slice(name.length + 1).trim()] : []))
  const contentType = values('content-type')[0]?.toLowerCase().replace(/; */, '; ')
  const isJson = contentType?.startsWith('application/json') === true && content !== ''
  const answer = {
    status: Number(head[0]?.split(' ')[1]),
    body: isJson ? JSON.parse(content) : content || undefined,
    challenges: values('www-authenticate').join(', '),
    cacheControl: values('cache-control')[0],
    contentType,
    nonces: values('dpop-nonce'),
  }
  return { answer, text }
}

/** Sends requests without waiting between them. @returns Their answers. */
export async function askInOneGo(origin: string, requests: readonly WrittenRequest[]): Promise<readonly string[]> {
  const { host, port } = new URL(origin)
  const written = requests.map((request, index) => textOf(request, host, index === requests.length - 1))
  const answers = (received: string) =>
    received.split(/(?=HTTP\/1\.[01] [2-5]\d\d )/).filter((text, index) => {
      const method = requests[Math.min(index, requests.length - 1)]?.method ?? 'GET'
      return readAnswer(text, method) !== undefined
    })
  const isEnough = (received: string) => answers(received).length === requests.length
  const received = await exchange({ port: Number(port) }, written.join(''), isEnough)
  if (!isEnough(received)) throw new Error(`An answer is missing: ${received.slice(0, 200)}`)
  return answers(received)
}

function textOf({ method, target, fields, body, version = '1.1' }: WrittenRequest, host: string, isLast: boolean) {
  const names = fields.flatMap((name, index) => (index % 2 === 0 ? [name.toLowerCase()] : []))
  const hasName = (name: string) => names.includes(name)
  const own = [
    ...(hasName('host') || version === '1.0' ? [] : [`Host: ${host}`]),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
    ...(hasName('connection') || !isLast ? [] : ['Connection: close']),
  ]
  const given = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${fields[index + 1]}`] : []))
  return [`${method} ${target} HTTP/${version}`, ...own, ...given, '', body ?? ''].join('\r\n')
}

/** The lines and the content of an answer that is complete; answers with 1xx come before it and are none. */
function readAnswer(text: string, method: string): { head: readonly string[]; content: string } | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (!/^HTTP\/1\.[01] [2-5]/.test(text) || end === -1) return undefined
  const head = text.slice(0, end).split('\r\n')
  const rest = text.slice(end + 4)
  const lengthOf = /\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1]
  if (method === 'HEAD' || / (?:204|304) /.test(head[0] ?? '')) return { head, content: '' }
  if (/\ntransfer-encoding: *chunked/i.test(text.slice(0, end)))
    return rest.endsWith('0\r\n\r\n') ? { head, content: withoutChunks(rest) } : undefined
  return rest.length < Number(lengthOf ?? 0) ? undefined : { head, content: rest }
}

function withoutChunks(rest: string): string {
  const size = Number.parseInt(rest, 16)
  const start = rest.indexOf('\r\n') + 2
  return size > 0 ? rest.slice(start, start + size) + withoutChunks(rest.slice(start + size + 2)) : ''
}
