import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of this machine. */
export interface SmallServer {
  /** `localhost:1234` */
  readonly host: string
  close(): Promise<void>
}

export async function serveOn(listener: RequestListener): Promise<SmallServer> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  return { host: `localhost:${port}`, close: () => closed(server) }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** A host where nothing listens any more. */
export async function silentHost(): Promise<string> {
  const server = await serveOn(() => {})
  await server.close()
  return server.host
}
