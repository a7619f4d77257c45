import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { IssuerFacts } from './issuer.ts'

/** One framework's app by the name of its guard: each has the same route and gives the same answer. */
export type Apps = Readonly<Record<string, (issuer: IssuerFacts) => Promise<Server>>>

/** The name of the app that is the measure of the others. */
export const noGuard = 'no guard'

export async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
