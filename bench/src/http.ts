import { type Child, startChild } from './child.ts'
import { noGuard } from './http-app.ts'
import type { ClientAnswer, ClientQuestion } from './http-client.ts'
import { differentTokens, type Row, rows } from './http-rows.ts'
import type { ServerQuestion } from './http-server.ts'
import { type BenchIssuer, createBenchIssuer, factsOf } from './issuer.ts'
import { median } from './median.ts'
import type { Run, Section } from './report.ts'
import { tampered } from './tampered.ts'
import { writeTokenFile } from './token-file.ts'

const connections = 20

/** Requests per second: every app in a process of its own, the client in another. */
export async function measureHttp({ quick }: Run): Promise<Section> {
  const { rounds, seconds, warmUpSeconds } = quick
    ? { rounds: 3, seconds: 0.3, warmUpSeconds: 0.5 }
    : { rounds: 13, seconds: 0.5, warmUpSeconds: 2 }
  const issuer = await createBenchIssuer('RS256')
  const tokens = await issuer.tokens(differentTokens.new)
  const file = writeTokenFile(tokens)
  const apps = new Map<Row, App>()
  for (const row of rows) apps.set(row, await startApp(row, issuer, tokens[0] ?? ''))
  const client = startChild<ClientQuestion, ClientAnswer>('http-client.ts')

  const load = async ({ tokens }: Row, { port, child }: App, duration: number): Promise<Load> => {
    const before = await child.ask('processor time')
    const distinctTokens = differentTokens[tokens]
    const answer = await client.ask({ port, seconds: duration, connections, tokenFile: file.path, distinctTokens })
    const used = (await child.ask('processor time')) - before
    return { perSecond: answer.requests / answer.seconds, processorMicroseconds: used / answer.requests }
  }
  for (const [row, app] of apps) await load(row, app, warmUpSeconds)
  const loads = new Map<Row, Load[]>(rows.map((row) => [row, []]))
  for (let round = 0; round < rounds; round += 1) {
    // There and back, so that no app always has the same one before it.
    const order = round % 2 === 0 ? [...apps] : [...apps].toReversed()
    for (const [row, app] of order) loads.get(row)?.push(await load(row, app, seconds))
  }
  await Promise.all([client.end(), ...[...apps.values()].map(({ child }) => child.end())])
  file.remove()
  await issuer.close()

  const shareOf = (row: Row) => {
    const bare = rows.find(({ framework, guard }) => framework === row.framework && guard === noGuard) ?? row
    const limit = loads.get(bare) ?? []
    const own = loads.get(row) ?? []
    return median(own.map(({ perSecond }, round) => perSecond / (limit[round]?.perSecond ?? Number.NaN)))
  }
  const results = rows.map((row) => ({ ...row, ...medianLoad(loads.get(row) ?? []), share: shareOf(row) }))
  return {
    tables: [
      {
        title: 'Requests over HTTP',
        columns: ['', 'tokens', 'requests/s', 'share', 'processor µs'],
        rows: results.map((result) => [
          `${result.framework}, ${result.guard}`,
          result.guard === noGuard ? '-' : result.tokens,
          result.perSecond.toFixed(0),
          `${(result.share * 100).toFixed(1)} %`,
          result.processorMicroseconds.toFixed(1),
        ]),
        notes: notes(rounds, seconds),
      },
    ],
    figures: {
      fastifyShare: results.find(
        ({ framework, guard, tokens }) => framework === 'Fastify 5' && guard === 'Sallyport' && tokens === 'known',
      )?.share,
    },
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

async function startApp({ framework, guard }: Row, issuer: BenchIssuer, token: string): Promise<App> {
  // As an app has them: what Sallyport's link leads to would find frameworks of its own.
  const child = startChild<ServerQuestion, number>('http-server.ts', ['--preserve-symlinks'])
  const port = await child.ask({ framework, guard, ...factsOf(issuer) })
  const name = `${framework}, ${guard}`
  const admitted = await answerTo(port, token)
  if (admitted !== '200 {"messages":[]}') throw new Error(`${name} answers a good token with ${admitted}.`)
  const refused = await answerTo(port, tampered(Buffer.from(token)).toString())
  if (!refused.startsWith(guard === noGuard ? '200 ' : '401 '))
    throw new Error(`${name} answers a tampered token with ${refused}.`)
  return { child, port }
}

async function answerTo(port: number, token: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/messages`, { headers: { authorization: `Bearer ${token}` } })
  return `${response.status} ${await response.text()}`
}

function notes(rounds: number, seconds: number): readonly string[] {
  const [known, fresh] = [differentTokens.known, differentTokens.new].map((count) => count.toLocaleString('en'))
  return [
    `What each guard leaves of the requests per second of the same app without one. RS256; medians of ${rounds} interleaved rounds of ${seconds} s, ${connections} keep-alive connections with 4 requests on their way, on loopback, each app and the client in a process of its own. All answers were 200. Every app also receives the token; one without a guard does not look at it.`,
    'Share: of the requests per second of the same app without a guard, in the same round. Where a guard costs less than the difference between two runs of one app, its share may come out above 100 %. Processor: time of the server process per request, all its threads; it does not depend on how fast the client is. The less a framework does for a request, the more of it a guard is: compare shares within one framework.',
    `Known: the same ${known} tokens again and again. New: ${fresh} in turn; Sallyport remembers 10,000, so each has been forgotten when it comes back. A guard that remembers no token verifies every time, whichever tokens come, and has one row.`,
    'Before the measurement every guard admitted a good token and answered 401 to it with one character of its signature changed. Each of them also checks algorithm, issuer, audience and expiry.',
    'Sallyport and express-oauth2-jwt-bearer fetch the key set from the issuer on loopback and keep it. So do express-jwt and passport-jwt by jwks-rsa, with its cache and its rate limit. hono/jwk with `jwks_uri` fetches it for every request, and with `keys` has what was fetched when the app started. @fastify/jwt is given the public key; "cached" is its option `verify.cache: true`, 1,000 tokens. express-oauth2-jwt-bearer and hono/jwk verify with WebCrypto, outside the calling thread.',
    'Hono and the plain fetch handler run on @hono/node-server. Nest brings its own Express and Fastify; its guard is global with Sallyport and on the route with @nestjs/passport, which is what passport-jwt is used with there.',
  ]
}
