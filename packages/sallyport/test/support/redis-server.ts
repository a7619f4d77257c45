import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A real Redis on loopback, without persistence, in a folder of its own. */
export interface RedisServer {
  readonly port: number
  /** Sends a command over a connection that was there before any fault, and gives its reply. */
  command(...words: readonly string[]): Promise<unknown>
  /** Starts it again on the same port, with its own arguments and these. Waits until it answers, or until it says `LOADING`. */
  start(config?: readonly string[]): Promise<void>
  /** `SIGKILL`, as the kernel does when memory is short. */
  kill(): Promise<void>
  /** Freezes the process, with its connections open, until `thaw`. */
  freeze(): void
  thaw(): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface RedisServerOptions {
  /** Arguments of `redis-server`, such as `['--maxmemory', '2mb']`. */
  readonly config?: readonly string[]
  /** Default: a free one. */
  readonly port?: number
}

const noPersistence = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--loglevel', 'warning']

/** @throws when there is no `redis-server`: these tests are not skipped. */
export async function startRedis({ config = [], port }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-redis-'))
  const address = port ?? (await freePort())
  let child: ChildProcess | undefined
  let admin: Redis | undefined

  async function start(more: readonly string[] = []): Promise<void> {
    child = await spawnRedis([...noPersistence, '--port', String(address), '--dir', folder, ...config, ...more])
    await untilAnswering(address, child)
    admin = new Redis({ port: address, host: '127.0.0.1', retryStrategy: () => null, enableReadyCheck: false })
    admin.on('error', () => {})
    await once(admin, 'ready')
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const [ending, connection] = [child, admin]
    child = undefined
    admin = undefined
    connection?.disconnect()
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const exit = once(ending, 'exit')
    ending.kill(signal)
    await exit
  }

  const stop = async () => {
    await end('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port: address,
    command: async (name = '', ...rest) => {
      if (admin === undefined) throw new Error('This Redis is not running.')
      return admin.call(name, ...rest)
    },
    start,
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Several of them that share the key space. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  readonly ports: readonly number[]
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const slots = 16_384

export async function startRedisCluster(size: 1 | 3): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: size }, () => startClusterNode()))
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())))
  try {
    const [first] = nodes
    for (const [index, node] of nodes.entries()) {
      const [from, to] = [Math.ceil((slots * index) / size), Math.ceil((slots * (index + 1)) / size) - 1]
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to))
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
      if (first !== undefined && node !== first) await meet(first, node)
    }
    await Promise.all(nodes.map((node) => untilClusterIs('ok', node, size)))
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, ports: nodes.map(({ port }) => port), stop, [Symbol.asyncDispose]: stop }
}

async function startClusterNode(): Promise<RedisServer> {
  const busPort = String(await freePort())
  // A node that never met another does not know its own address, and clients that ask it for one need it.
  const address = ['--cluster-announce-ip', '127.0.0.1', '--cluster-port', busPort]
  return startRedis({ config: ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', ...address] })
}

async function meet(node: RedisServer, other: RedisServer): Promise<void> {
  const [, busPort = ''] = (await other.command('CONFIG', 'GET', 'cluster-port')) as string[]
  await node.command('CLUSTER', 'MEET', '127.0.0.1', String(other.port), busPort)
}

/** Waits for what the node itself thinks of a cluster of so many nodes. */
export async function untilClusterIs(state: 'ok' | 'fail', node: RedisServer, size: number): Promise<void> {
  await until(`the cluster is ${state}`, async () => {
    const info = String(await node.command('CLUSTER', 'INFO'))
    return info.includes(`cluster_state:${state}`) && info.includes(`cluster_known_nodes:${size}`)
  })
}

/** Asks every 20 ms, for 10 s. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`After 10 s it is not so that ${what}.`)
    await wait(20)
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function spawnRedis(parameters: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', parameters, { stdio: 'ignore' })
  // A test run that is cut short must not leave servers behind.
  const killChild = () => void child.kill('SIGKILL')
  process.once('exit', killChild)
  child.once('exit', () => process.off('exit', killChild))
  try {
    await once(child, 'spawn')
  } catch (cause) {
    process.off('exit', killChild)
    throw new Error('These tests need a real Redis and there is no redis-server: apt-get install redis-server', {
      cause,
    })
  }
  return child
}

async function untilAnswering(port: number, child: ChildProcess): Promise<void> {
  await until(`redis-server answers on port ${port}`, async () => {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}.`)
    return /^(?:\+PONG|-LOADING|-NOAUTH)/.test(await ping(port))
  })
}

/** The first line that an unauthenticated stranger gets to read. */
function ping(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(500, () => socket.destroy())
    socket.on('error', () => {})
    socket.once('close', () => resolve(''))
    socket.once('data', (data) => {
      resolve(data.toString('latin1'))
      socket.destroy()
    })
    socket.write('PING\r\n')
  })
}
