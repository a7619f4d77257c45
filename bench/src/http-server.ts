import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expressApps } from './app-express.ts'
import { fastifyApps } from './app-fastify.ts'
import { answerParent } from './child.ts'
import type { IssuerFacts } from './issuer.ts'

export type AppName = keyof typeof fastifyApps | keyof typeof expressApps

/** Starts an app, or asks how much of the processor this process has used. */
export type ServerQuestion = ({ readonly app: AppName } & IssuerFacts) | 'processor time'

process.env['NODE_ENV'] = 'test'

/** Answers with the loopback port, or with microseconds. */
answerParent(async (question: ServerQuestion): Promise<number> => {
  if (question === 'processor time') return processorMicroseconds()
  const { app, ...issuer } = question
  const server = await listen(app, issuer)
  return (server.address() as AddressInfo).port
})

function processorMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function listen(name: AppName, issuer: IssuerFacts): Promise<Server> {
  if (isFastifyApp(name)) {
    const app = await fastifyApps[name](issuer)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  }
  const app = expressApps[name](issuer)
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function isFastifyApp(name: AppName): name is keyof typeof fastifyApps {
  return Object.hasOwn(fastifyApps, name)
}
