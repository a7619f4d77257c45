import { usageMistake } from '../failure.js'
import { readGivenFile } from '../given-file.js'
import { apiUrl } from '../http/api-url.js'
import { jsonIn } from '../json.js'
import { readOptions } from '../options.js'
import { type TokenValues, tokenOptionTable } from '../token/token-options.js'

export interface CallOptions {
  readonly request: ApiRequest
  /** `undefined`: the request goes without a token. */
  readonly token: TokenValues | undefined
}

export interface ApiRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Uint8Array | undefined
}

/** @throws {CliFailure} */
export async function callOptions(parameters: readonly string[]): Promise<CallOptions> {
  const { values, positionals } = readOptions(parameters, {
    command: 'call',
    positionals: 1,
    options: {
      ...tokenOptionTable,
      method: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true },
      data: { type: 'string' },
      'data-file': { type: 'string' },
      'no-token': { type: 'boolean' },
    },
  })
  const [address] = positionals
  if (address === undefined)
    throw usageMistake('The address of the route is missing.', 'sallyport call http://localhost:3000/api/private')
  const url = apiUrl(address)
  const body = await bodyOf(values)
  const method = (values.method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase()
  if (body !== undefined && /^(GET|HEAD)$/.test(method))
    throw usageMistake(`${method} takes no body.`, 'Name another method: -X POST')
  const isWithout = values['no-token'] === true
  const headers = headersOf(values.header ?? [], isWithout)
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', typeOf(body))
  if (!headers.has('accept')) headers.set('accept', 'application/json, */*;q=0.8')
  checkRequest(url, method)
  return { request: { url, method, headers, body }, token: isWithout ? undefined : values }
}

interface BodyValues {
  readonly data?: string | undefined
  readonly 'data-file'?: string | undefined
}

async function bodyOf({ data, 'data-file': file }: BodyValues): Promise<Uint8Array | undefined> {
  if (data !== undefined && file !== undefined) throw usageMistake('Give --data or --data-file, not both.')
  if (data !== undefined) return Buffer.from(data)
  if (file === undefined) return undefined
  return readGivenFile(file, 'Name another: --data-file <file>')
}

function typeOf(body: Uint8Array): string {
  const isJson = jsonIn(Buffer.from(body).toString('utf8')) !== undefined
  return isJson ? 'application/json' : 'text/plain; charset=utf-8'
}

function headersOf(lines: readonly string[], mayAuthorize: boolean): Headers {
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trim()
    if (/^(authorization|dpop)$/i.test(name) && !mayAuthorize)
      throw usageMistake(`call sets the header ${name} itself.`, 'With --no-token it sends yours.')
    try {
      headers.append(name, line.slice(colon + 1).trim())
    } catch {
      // Not the line: its value may be a secret.
      throw usageMistake(
        `-H takes a header such as 'accept: text/plain'.${name === '' ? '' : ` Look at "${name.slice(0, 40)}".`}`,
      )
    }
  }
  return headers
}

function checkRequest(url: URL, method: string): void {
  try {
    new Request(url, { method })
  } catch {
    throw usageMistake(`A request with the method ${method.slice(0, 20)} cannot be sent.`, 'Such as: -X DELETE')
  }
}
