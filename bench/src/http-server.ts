import type { AddressInfo } from 'node:net'
import { answerParent } from './child.ts'
import type { IssuerFacts } from './issuer.ts'

/** Starts an app, or asks how much of the processor this process has used. */
export type ServerQuestion =
  | ({ readonly framework: FrameworkName; readonly guard: string } & IssuerFacts)
  | 'processor time'

export type FrameworkName = keyof typeof frameworks

/** Each is imported where it is needed only: a process has nothing in it of the other frameworks. */
const frameworks = {
  'Fastify 5': async () => (await import('./app-fastify.ts')).fastifyApps,
  'Express 5': async () => {
    const [{ createExpressApps }, express] = await Promise.all([import('./app-express.ts'), import('express')])
    return createExpressApps(express.default)
  },
  'Express 4': async () => {
    const [{ createExpressApps }, express] = await Promise.all([import('./app-express.ts'), import('express4')])
    return createExpressApps(express.default)
  },
  Hono: async () => (await import('./app-hono.ts')).honoApps,
  fetch: async () => (await import('./app-fetch.ts')).fetchApps,
  'Nest on Express': async () => {
    const [{ createNestApps }, platform] = await Promise.all([
      import('./app-nest.ts'),
      import('@nestjs/platform-express'),
    ])
    return createNestApps(() => new platform.ExpressAdapter())
  },
  'Nest on Fastify': async () => {
    const [{ createNestApps }, platform] = await Promise.all([
      import('./app-nest.ts'),
      import('@nestjs/platform-fastify'),
    ])
    return createNestApps(() => new platform.FastifyAdapter())
  },
}

process.env['NODE_ENV'] = 'test'
process.once('disconnect', () => process.exit())

/** Answers with the loopback port, or with microseconds. */
answerParent(async (question: ServerQuestion): Promise<number> => {
  if (question === 'processor time') return processorMicroseconds()
  const { framework, guard, ...issuer } = question
  const start = (await frameworks[framework]())[guard]
  if (start === undefined) throw new Error(`There is no "${guard}" on ${framework}.`)
  const server = await start(issuer)
  return (server.address() as AddressInfo).port
})

function processorMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
