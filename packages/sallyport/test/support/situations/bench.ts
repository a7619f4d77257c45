import { answerTo, createResourceServer, type ErrorProfile } from '../../../src/index.js'
import { createTestIssuer, dpopClient, type TestIssuer } from '../../../src/testing/index.js'
import type { Stack, StackOptions, StartStack } from '../contract.js'
import { type Answered, type Asked, ask } from './ask.js'
import type { Kit, Situation } from './kit.js'
import { type SetupName, setups } from './setups.js'

/** A stack, the core with the same options, and what both say. */
export interface Bench {
  readonly stack: Stack
  readonly issuer: TestIssuer
  kitFor(path: string): Kit
  send(request: Sent): Promise<Asked>
  /** What the core says of the same request: every framework has to pass it on as it is. */
  promised(request: Sent): Promise<Answered>
  close(): Promise<void>
}

type Sent = Pick<Situation, 'method' | 'body' | 'version'> & {
  readonly path: string
  readonly fields: readonly string[]
}

/** What is compared of an answer that a handler gave. */
export const admitted: Answered = {
  status: 200,
  body: undefined,
  challenges: '',
  cacheControl: undefined,
  contentType: undefined,
  nonces: [],
}

export async function openBench(start: StartStack, setup: SetupName, errorProfile: ErrorProfile): Promise<Bench> {
  const issuer = await createTestIssuer({ algorithm: 'ES256', listen: true })
  const options: StackOptions = { ...optionsFor(issuer), ...setups[setup], errorProfile }
  const stack = await start(options)
  const core = createResourceServer(options)
  const [client, thief] = [await dpopClient({ issuer }), await dpopClient({ issuer })]
  const tokens = { plain: await issuer.token(), bound: await client.token(), foreign: await thief.token() }
  const { publicUrl = stack.origin } = options

  async function send({ method = 'GET', path, fields, body, version }: Sent): Promise<Asked> {
    return ask(stack.origin, { method, target: path, fields, body, version })
  }

  async function promised({ method = 'GET', path, fields, version }: Sent): Promise<Answered> {
    const own = version === '1.0' || fields.includes('Host') ? [] : ['Host', new URL(stack.origin).host]
    const headers = [...own, ...fields.map(withoutSpace)]
    const { inside, ...demanded } = demands[path.split('?', 1)[0] ?? ''] ?? {}
    try {
      const auth = await core.authenticate({ method, url: path, headers, scheme: 'http' }, demanded)
      if (inside !== undefined) auth?.require(inside)
      return { ...admitted, nonces: [auth?.responseHeaders['dpop-nonce'] ?? []].flat() }
    } catch (error) {
      const { status, headers: answered, body } = answerTo(error, core)
      return {
        status,
        body: method === 'HEAD' ? undefined : body,
        challenges: [answered['www-authenticate'] ?? []].flat().join(', '),
        cacheControl: 'no-store',
        contentType: 'application/json; charset=utf-8',
        nonces: [answered['dpop-nonce'] ?? []].flat(),
      }
    }
  }

  function kitFor(path: string): Kit {
    const url = path.startsWith('/') ? `${publicUrl}${path}` : path
    const sendFirst: Kit['send'] = async (fields, firstPath = path) => {
      const { answer } = await send({ path: firstPath, fields })
      await promised({ path: firstPath, fields })
      await stack.takeHandled()
      return answer
    }
    return { issuer, client, thief, tokens, options, url, send: sendFirst }
  }

  const close = async () => {
    await stack.close()
    await issuer.close()
  }
  return { stack, issuer, kitFor, send, promised, close }
}

export function optionsFor({ domain, audience }: TestIssuer): StackOptions {
  return { domain, audience: String(audience), algorithms: ['ES256'] }
}

/** What the routes of every stack demand, and their handlers. */
const demands: Readonly<Record<string, Demand>> = {
  '/public': { optional: true },
  '/messages': { scopes: 'read:messages' },
  '/data': { scopes: ['read:data', 'write:data'] },
  '/permitted': { permissions: 'delete:data' },
  '/maybe': { optional: true },
  '/inside': { inside: { scopes: 'admin' } },
  '/twice': { scopes: 'read:messages' },
}

interface Demand {
  readonly optional?: boolean
  readonly scopes?: string | readonly string[]
  readonly permissions?: string
  readonly inside?: { readonly scopes: string }
}

/** As an HTTP server gives a field line to its app. RFC 9110 section 5.5. */
function withoutSpace(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '')
}
