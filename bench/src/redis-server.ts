import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { Redis } from 'ioredis'

/** A Redis of this run's own, from `redis-server` in the PATH: on loopback, nothing on disk. */
export interface RedisServer {
  readonly port: number
  readonly version: string
  readonly client: Redis
  close(): Promise<void>
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  const stop = await startServer(port)
  const client = new Redis(port, '127.0.0.1')
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown'
  return {
    port,
    version,
    client,
    close: async () => {
      await client.quit()
      stop()
    },
  }
}

async function startServer(port: number): Promise<() => void> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()]
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = () => void server.kill()
  process.once('exit', stop)
  let log = ''
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error('This part needs redis-server in the PATH.', { cause })))
    server.once('exit', () => reject(new Error(`redis-server did not start: ${log}`)))
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text
      if (log.includes('Ready to accept connections')) resolve()
    })
  })
  return () => {
    process.off('exit', stop)
    stop()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
