import { type Child, startChild } from './child.ts'
import type { ClientAnswer, ClientQuestion } from './http-client.ts'
import type { AppName, ServerQuestion } from './http-server.ts'
import { createBenchIssuer, factsOf } from './issuer.ts'
import { median } from './median.ts'
import type { Run, Section } from './report.ts'
import { writeTokenFile } from './token-file.ts'

interface Row {
  readonly app: AppName
  readonly tokens: 'few' | 'many'
  /** The same app without a guard. */
  readonly against: AppName
}

const connections = 20

const rows: readonly Row[] = [
  { app: 'Fastify, no guard', tokens: 'few', against: 'Fastify, no guard' },
  { app: 'Fastify, Sallyport', tokens: 'few', against: 'Fastify, no guard' },
  { app: 'Fastify, Sallyport', tokens: 'many', against: 'Fastify, no guard' },
  { app: 'Fastify, @fastify/jwt', tokens: 'few', against: 'Fastify, no guard' },
  { app: 'Fastify, @fastify/jwt, cached', tokens: 'few', against: 'Fastify, no guard' },
  { app: 'Fastify, @fastify/jwt, cached', tokens: 'many', against: 'Fastify, no guard' },
  { app: 'Express, no guard', tokens: 'few', against: 'Express, no guard' },
  { app: 'Express, express-oauth2-jwt-bearer', tokens: 'few', against: 'Express, no guard' },
]

/** Requests per second: every app in a process of its own, the client in another. */
export async function measureHttp({ quick }: Run): Promise<Section> {
  const { rounds, seconds, warmUpSeconds } = quick
    ? { rounds: 3, seconds: 0.4, warmUpSeconds: 0.5 }
    : { rounds: 9, seconds: 1.5, warmUpSeconds: 4 }
  const different = { few: 100, many: quick ? 2000 : 20_000 }
  const issuer = await createBenchIssuer('RS256')
  const file = writeTokenFile(await issuer.tokens(different.many))
  const apps = new Map<AppName, App>()
  for (const { app } of rows) if (!apps.has(app)) apps.set(app, await startApp({ app, ...factsOf(issuer) }))
  const client = startChild<ClientQuestion, ClientAnswer>('http-client.ts')

  const load = async ({ app, tokens }: Row, duration: number): Promise<Load> => {
    const { port, child } = startedApp(apps, app)
    const distinctTokens = different[tokens]
    const before = await child.ask('processor time')
    const answer = await client.ask({ port, seconds: duration, connections, tokenFile: file.path, distinctTokens })
    const used = (await child.ask('processor time')) - before
    return { perSecond: answer.requests / answer.seconds, processorMicroseconds: used / answer.requests }
  }
  for (const row of rows) await load(row, warmUpSeconds)
  const loads = new Map<Row, Load[]>(rows.map((row) => [row, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [row, measured] of loads) measured.push(await load(row, seconds))
  }
  await Promise.all([client.end(), ...[...apps.values()].map(({ child }) => child.end())])
  file.remove()
  await issuer.close()

  const shareOf = (row: Row) => {
    const limit = loads.get(rows.find(({ app }) => app === row.against) ?? row) ?? []
    const own = loads.get(row) ?? []
    return median(own.map(({ perSecond }, round) => perSecond / (limit[round]?.perSecond ?? Number.NaN)))
  }
  const results = rows.map((row) => ({ ...row, ...medianLoad(loads.get(row) ?? []), share: shareOf(row) }))
  return {
    tables: [
      {
        title: 'Requests over HTTP',
        columns: ['', 'different tokens', 'requests/s', 'share', 'processor µs'],
        rows: results.map((result) => [
          result.app,
          different[result.tokens].toLocaleString('en'),
          result.perSecond.toFixed(0),
          `${(result.share * 100).toFixed(1)} %`,
          result.processorMicroseconds.toFixed(1),
        ]),
        notes: [
          `RS256; medians of ${rounds} interleaved rounds of ${seconds} s, ${connections} keep-alive connections with 4 requests on their way, on loopback, each app and the client in a process of its own. All answers were 200. Every app also receives the token; one without a guard does not look at it.`,
          'Share: of the requests per second of the same app without a guard, in the same round. A remembered token costs less than the difference between two runs of one app, so its share may come out above 100 %. Processor: time of the server process per request, all its threads; it does not depend on how fast the client is.',
          'Sallyport remembers 10,000 tokens: where more are sent in turn, each has been forgotten when it comes back. The cache of @fastify/jwt is its option `verify.cache: true`, 1,000 tokens.',
        ],
      },
    ],
    figures: { fastifyShare: results.find(({ app }) => app === 'Fastify, Sallyport')?.share },
  }
}

interface Load {
  readonly perSecond: number
  readonly processorMicroseconds: number
}

function medianLoad(loads: readonly Load[]): Load {
  return {
    perSecond: median(loads.map(({ perSecond }) => perSecond)),
    processorMicroseconds: median(loads.map(({ processorMicroseconds }) => processorMicroseconds)),
  }
}

interface App {
  readonly child: Child<ServerQuestion, number>
  readonly port: number
}

function startedApp(apps: ReadonlyMap<AppName, App>, name: AppName): App {
  const app = apps.get(name)
  if (app === undefined) throw new Error(`${name} was not started.`)
  return app
}

async function startApp(question: ServerQuestion): Promise<App> {
  const child = startChild<ServerQuestion, number>('http-server.ts')
  return { child, port: await child.ask(question) }
}
