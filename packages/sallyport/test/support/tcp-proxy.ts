import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** What happens where the reply to a command would come: the connection breaks, or these bytes come instead. */
type ReplyFault = 'cut' | { readonly instead: string }

/** Stands between a Redis client and its server, as a network with a will of its own. */
export interface TcpProxy {
  readonly port: number
  /** Connections that were made so far. */
  connections(): number
  /** Sends new connections to this port. */
  forwardTo(port: number): void
  /** Does this to the reply to the next command of this name; the server has carried it out. */
  failReplyTo(command: string, fault: ReplyFault): void
  /** Whether the command that shall fail has yet to come. */
  isPlanned(): boolean
  /** Breaks every connection. */
  cut(): void
  /** Lets nothing through any more and does not tell either side, on these connections for ever and on new ones until `restore`. */
  swallow(): void
  /** The same for what the server sends: it gets every command. */
  swallowReplies(): void
  restore(): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

type Swallowed = 'nothing' | 'replies' | 'all'

export async function startProxy(targetPort: number): Promise<TcpProxy> {
  let target = targetPort
  let connections = 0
  let swallowed: Swallowed = 'nothing'
  let planned: Plan | undefined
  const open = new Set<Connection>()

  const server = createServer((client) => {
    connections += 1
    const connection = join(client, connect(target, '127.0.0.1'), (command) => {
      if (planned === undefined || nameOf(command) !== planned.command) return undefined
      const { fault } = planned
      planned = undefined
      return fault
    })
    connection.swallow(swallowed)
    open.add(connection)
    client.once('close', () => open.delete(connection))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const swallow = (what: Swallowed) => {
    swallowed = what
    for (const connection of open) connection.swallow(what)
  }
  const cut = () => {
    for (const connection of open) connection.cut()
  }
  const close = async () => {
    cut()
    server.close()
    await once(server, 'close')
  }
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    forwardTo: (port) => {
      target = port
    },
    failReplyTo: (command, fault) => {
      planned = { command, fault }
    },
    isPlanned: () => planned !== undefined,
    cut,
    swallow: () => swallow('all'),
    swallowReplies: () => swallow('replies'),
    restore: () => {
      swallowed = 'nothing'
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Plan {
  readonly command: string
  readonly fault: ReplyFault
}

interface Connection {
  cut(): void
  swallow(what: Swallowed): void
}

/** Long enough for the replies to what was sent before. */
const quietMilliseconds = 10

function join(client: Socket, server: Socket, faultOf: (command: Buffer) => ReplyFault | undefined): Connection {
  let swallowed: Swallowed = 'nothing'
  let fault: ReplyFault | undefined
  let sent = Promise.resolve()
  const cut = () => {
    client.resetAndDestroy()
    server.destroy()
  }

  async function send(command: Buffer): Promise<void> {
    const planned = faultOf(command)
    if (planned === undefined) return void server.write(command)
    // The reply that comes next has to be the one to this command.
    await wait(quietMilliseconds)
    fault = planned
    server.write(command)
    await Promise.race([once(server, 'data'), once(server, 'close')])
  }

  client.on('data', (data) => {
    if (swallowed === 'all') return
    for (const command of commandsIn(data)) sent = sent.then(() => send(command))
  })
  server.on('data', (data) => {
    if (swallowed !== 'nothing') return
    if (fault === 'cut') return cut()
    client.write(fault === undefined ? data : Buffer.from(fault.instead, 'latin1'))
    fault = undefined
  })
  for (const [side, other] of [
    [client, server],
    [server, client],
  ] as const) {
    side.on('error', () => {})
    side.once('close', () => other.destroy())
  }
  return {
    cut,
    swallow: (what) => {
      swallowed = what
    },
  }
}

/** Commands are arrays of bulk strings, and short ones come in one piece. */
function commandsIn(data: Buffer): readonly Buffer[] {
  const text = data.toString('latin1')
  return text.split(/(?<=\r\n)(?=\*\d+\r\n\$)/).map((command) => Buffer.from(command, 'latin1'))
}

function nameOf(command: Buffer): string | undefined {
  return /^\*\d+\r\n\$\d+\r\n(\w+)\r\n/.exec(command.toString('latin1'))?.[1]?.toUpperCase()
}
