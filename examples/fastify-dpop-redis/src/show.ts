import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createTestIssuer, dpopClient } from 'sallyport/testing'

const publicUrl = 'https://api.example.com'
const children: ChildProcess[] = []

const issuer = await createTestIssuer({ listen: true })
try {
  const redisUrl = process.env['REDIS_URL'] ?? (await startRedis())
  const first = await startApi(redisUrl)
  const second = await startApi(redisUrl)

  const client = await dpopClient({ issuer })
  const headers = await client.headers({ url: `${publicUrl}/api/private` })
  console.log('One proof, sent to two processes of one API:')
  await ask('first process', first, headers)
  await ask('second process', second, headers)
  console.log('A new proof:')
  await ask('second process', second, await client.headers({ url: `${publicUrl}/api/private` }))
} finally {
  await issuer.close()
  for (const child of children) child.kill()
}

async function ask(title: string, origin: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`${origin}/api/private`, { headers })
  console.log(`  ${title.padEnd(15)} ${response.status} ${await response.text()}`)
}

async function startApi(redisUrl: string): Promise<string> {
  const server = fileURLToPath(new URL('server.ts', import.meta.url))
  const env = {
    ...process.env,
    AUTH0_DOMAIN: issuer.domain,
    AUTH0_AUDIENCE: String(issuer.audience),
    PUBLIC_URL: publicUrl,
    REDIS_URL: redisUrl,
    PORT: '0',
  }
  const child = spawn(process.execPath, ['--import', 'tsx', server], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  for await (const chunk of child.stdout) {
    const address = /listens at (\S+)/.exec(String(chunk))?.[1]
    if (address !== undefined) return address
  }
  throw new Error('The API did not start.')
}

/** A Redis of its own, which keeps nothing and ends with this process. */
async function startRedis(): Promise<string> {
  const port = await freePort()
  const child = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
  children.push(child)
  child.once('error', () => console.error('There is no redis-server here. Install it, or set REDIS_URL.'))
  await once(child, 'spawn')
  while (!(await isListening(port))) await wait(50)
  return `redis://localhost:${port}`
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, 'localhost')
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isOpen
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
