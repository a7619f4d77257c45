// Prevents a skill that only reads well: judges what an agent has made of one of the apps in skills/sallyport/evals/files.
// npx tsx scripts/grade-skill.ts <folder of the app, with its packages installed>
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { styleText } from 'node:util'
import { startTenant } from '@sallyport/dev'

interface Attempt {
  readonly method: string
  readonly path: string
  /** An application of the tenant; without one no token is sent. */
  readonly by?: 'local-m2m' | 'local-reader'
  readonly expected: readonly number[]
}

const attempts: readonly Attempt[] = [
  { method: 'GET', path: '/health', expected: [200] },
  { method: 'GET', path: '/notes', expected: [400, 401] },
  { method: 'POST', path: '/notes', expected: [400, 401] },
  { method: 'DELETE', path: '/notes/1', expected: [400, 401] },
  { method: 'GET', path: '/notes', by: 'local-reader', expected: [200] },
  { method: 'POST', path: '/notes', by: 'local-reader', expected: [403] },
  { method: 'DELETE', path: '/notes/1', by: 'local-reader', expected: [403] },
  { method: 'GET', path: '/notes', by: 'local-m2m', expected: [200] },
  { method: 'POST', path: '/notes', by: 'local-m2m', expected: [201] },
  { method: 'DELETE', path: '/notes/1', by: 'local-m2m', expected: [204] },
]

const folder = resolve(process.argv[2] ?? '.')
const tenant = await startTenant({ port: 0 })
const audience = 'https://api.example.com'
const port = await freePort()
const app = spawn('npm', ['start'], {
  cwd: folder,
  stdio: ['ignore', 'ignore', 'inherit'],
  detached: true,
  env: { ...process.env, AUTH0_DOMAIN: tenant.domain, AUTH0_AUDIENCE: audience, PORT: String(port) },
})

let failed = 0
try {
  await ready()
  for (const attempt of attempts) {
    const { method, path, by = 'nobody', expected } = attempt
    const status = await statusOf(attempt)
    judge(expected.includes(status), `${method} ${path} by ${by}: ${status}, wanted ${expected.join(' or ')}`)
  }
  const environment = statSync(join(folder, '.env'), { throwIfNoEntry: false })
  judge(environment !== undefined && (environment.mode & 0o77) === 0, '.env is there, for its owner alone')
  judge(/^\.env$/m.test(read('.gitignore')), '.env is in .gitignore')
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  const code = sources.map(read).join('\n')
  judge(!/localhost:4490|api\.example\.com/.test(code), 'no domain or audience in a source file')
  judge(!/jsonwebtoken|decodeJwt|headers\.authorization|jwtVerify/.test(code), 'no token code of its own')
} finally {
  if (app.pid !== undefined) process.kill(-app.pid)
  await tenant.close()
}
process.exitCode = failed === 0 ? 0 : 1

function judge(isGood: boolean, what: string): void {
  console.log(`${isGood ? styleText('green', '✓') : styleText('red', '✗')} ${what}`)
  if (!isGood) failed += 1
}

function read(name: string): string {
  return existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''
}

async function statusOf({ method, path, by }: Attempt): Promise<number> {
  const headers: Record<string, string> = by === undefined ? {} : { authorization: `Bearer ${await tokenOf(by)}` }
  if (method === 'POST') headers['content-type'] = 'application/json'
  const body = method === 'POST' ? JSON.stringify({ text: 'Call Ada' }) : null
  return (await fetch(`http://localhost:${port}${path}`, { method, headers, body })).status
}

async function tokenOf(client: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: client, client_secret: `${client}-secret`, audience }
  const response = await fetch(`${tenant.issuer}oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
  return ((await response.json()) as { access_token: string }).access_token
}

async function ready(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const isUp = await fetch(`http://localhost:${port}/health`).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await new Promise((done) => setTimeout(done, 300))
  }
  throw new Error('The app did not start: npm start has to listen on PORT.')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  const { port: free } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return free
}
