// Prevents a README that promises answers which the product does not give: the demo asks a real server for each of them.
import type { AddressInfo } from 'node:net'
import { styleText } from 'node:util'
import { createTestIssuer, type TestIssuer } from 'sallyport/testing'
import { createApp } from '../examples/fastify/src/app.js'

interface Row {
  readonly title: string
  readonly path: string
  readonly method?: 'GET' | 'POST'
  /** The value of the `Authorization` header. */
  readonly authorization?: string
  readonly promised: Promised
}

interface Promised {
  readonly status: number
  readonly error?: string
  /** How the `WWW-Authenticate` header begins; none where there is none. */
  readonly challenge?: string
}

const granted: Promised = { status: 200 }
const absent: Promised = { status: 400, error: 'invalid_request', challenge: 'Bearer realm="api"' }
const refused: Promised = named(401, 'invalid_token')
const forbidden: Promised = named(403, 'insufficient_scope')

function named(status: number, error: string): Promised {
  return { status, error, challenge: `Bearer realm="api", error="${error}", error_description="` }
}

const issuer = await createTestIssuer({ listen: true })
const app = await createApp({ domain: issuer.domain, audience: issuer.audience })
await app.listen({ host: 'localhost', port: 0 })
const { port } = app.server.address() as AddressInfo
const origin = `http://localhost:${port}`

async function close(): Promise<void> {
  await app.close()
  await issuer.close()
}

try {
  console.log(`issuer  ${issuer.issuer}\nAPI     ${origin}\n`)
  const mismatches = await askAll(await rows(issuer))
  process.exitCode = mismatches === 0 ? 0 : 1
  if (process.argv.includes('--serve')) await serve()
} finally {
  await close()
}

async function rows({ token }: TestIssuer): Promise<readonly Row[]> {
  const bearer = async (...parameters: Parameters<typeof token>) => `Bearer ${await token(...parameters)}`
  return [
    { title: 'public route', path: '/api/public', promised: granted },
    { title: 'no token', path: '/api/private', promised: absent },
    { title: 'garbage', path: '/api/private', authorization: 'Bearer garbage', promised: refused },
    {
      title: 'expired',
      path: '/api/private',
      authorization: await bearer({}, { expiresInSeconds: -60 }),
      promised: refused,
    },
    {
      title: 'wrong audience',
      path: '/api/private',
      authorization: await bearer({ aud: 'https://other.test' }),
      promised: refused,
    },
    {
      title: 'wrong issuer',
      path: '/api/private',
      authorization: await bearer({ iss: 'https://other.test/' }),
      promised: refused,
    },
    { title: 'tampered signature', path: '/api/private', authorization: tampered(await bearer()), promised: refused },
    { title: 'valid token', path: '/api/private', authorization: await bearer(), promised: granted },
    {
      title: 'missing scope',
      path: '/api/messages',
      authorization: await bearer({ scope: 'read:data' }),
      promised: forbidden,
    },
    {
      title: 'right scope',
      path: '/api/messages',
      authorization: await bearer({ scope: 'read:messages' }),
      promised: granted,
    },
    {
      title: 'one scope of two',
      path: '/api/data',
      method: 'POST',
      authorization: await bearer({ scope: 'read:data' }),
      promised: forbidden,
    },
    {
      title: 'both scopes',
      path: '/api/data',
      method: 'POST',
      authorization: await bearer({ scope: 'read:data write:data' }),
      promised: granted,
    },
  ]
}

/** Changes one character in the middle of the signature. */
function tampered(authorization: string): string {
  const index = authorization.lastIndexOf('.') + 20
  return authorization.slice(0, index) + (authorization[index] === 'A' ? 'B' : 'A') + authorization.slice(index + 1)
}

/** Asks for every row, prints what came back, and counts the answers that were not as promised. */
async function askAll(wanted: readonly Row[]): Promise<number> {
  console.log(styleText('bold', line('request', 'route', 'status', 'error', '')))
  let mismatches = 0
  for (const { title, path, method = 'GET', authorization, promised } of wanted) {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    const response = await fetch(`${origin}${path}`, { method, headers })
    const body = (await response.json()) as { detail?: { error?: string } }
    const error = body.detail?.error
    const challenge = response.headers.get('www-authenticate') ?? undefined
    const kept = isKept(promised, { status: response.status, error, challenge })
    if (!kept) mismatches += 1
    const verdict = kept ? styleText('green', '✓') : styleText('red', `✗ promised ${JSON.stringify(promised)}`)
    console.log(line(title, `${method} ${path}`, String(response.status), error ?? '-', verdict))
    if (challenge !== undefined) console.log(styleText('dim', `  ${challenge}`))
  }
  console.log(mismatches === 0 ? '\nEvery answer is as promised.' : `\n${mismatches} answers are not as promised.`)
  return mismatches
}

function isKept(
  promised: Promised,
  given: { status: number; error: string | undefined; challenge: string | undefined },
) {
  const begins =
    promised.challenge === undefined ? given.challenge === undefined : given.challenge?.startsWith(promised.challenge)
  // A challenge without error information has nothing behind its realm.
  const isBare = promised !== absent || given.challenge === absent.challenge
  return given.status === promised.status && given.error === promised.error && begins === true && isBare
}

function line(title: string, route: string, status: string, error: string, verdict: string): string {
  return `${title.padEnd(19)} ${route.padEnd(18)} ${status.padEnd(7)} ${error.padEnd(19)} ${verdict}`
}

/** Stays up until Ctrl-C. */
async function serve(): Promise<void> {
  const token = await issuer.token({ scope: 'read:messages read:data write:data' }, { expiresInSeconds: 8 * 3600 })
  console.log(`
Paste these; the token is good for 8 hours, for this API on this machine only.

TOKEN=${token}

curl -i ${origin}/api/public
curl -i ${origin}/api/private
curl -i ${origin}/api/private -H "Authorization: Bearer $TOKEN"
curl -i ${origin}/api/messages -H "Authorization: Bearer $TOKEN"
curl -i -X POST ${origin}/api/data -H "Authorization: Bearer $TOKEN"

Ctrl-C stops the demo.`)
  // A timer keeps the process alive should the server ever be idle; the signal ends it.
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  console.log('Stopped.')
}
