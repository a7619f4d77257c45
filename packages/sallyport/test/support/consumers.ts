import { type Use, uses } from './consumer-uses.js'

/** A project that installs the tarball, and what it does with it. */
interface Consumer {
  /** What its project has besides Sallyport and the types of Node. */
  readonly packages: readonly string[]
  readonly uses: readonly Use[]
}

export const consumers: readonly Consumer[] = [
  { packages: [], uses: [uses.core, uses.fetchHandler, uses.ownClient, uses.testKit] },
  { packages: ['express@5', '@types/express@5'], uses: [uses.express] },
  { packages: ['express@4', '@types/express@4'], uses: [uses.express] },
  { packages: ['fastify@5'], uses: [uses.fastify] },
  { packages: ['hono@4'], uses: [uses.hono] },
  { packages: ['@nestjs/common@12', '@nestjs/core@12', 'reflect-metadata@0.2', 'rxjs@7'], uses: [uses.nest] },
  { packages: ['@nestjs/common@11', '@nestjs/core@11', 'reflect-metadata@0.2', 'rxjs@7'], uses: [uses.nest] },
  { packages: ['ioredis@6'], uses: [uses.ioredis] },
  { packages: ['redis@6'], uses: [uses.nodeRedis] },
]

/** The whole program, in TypeScript that is good as an ES module and as CommonJS. */
export function programOf({ imports, body }: Use): string {
  return `
import { InvalidOptions, RequestRefused } from 'sallyport'
import { createTestIssuer } from 'sallyport/testing'
${imports}

function refusedOption(use: () => unknown): string {
  try {
    use()
    return 'none'
  } catch (error) {
    return error instanceof InvalidOptions ? error.option : String(error)
  }
}

async function main(): Promise<unknown[]> {
  const issuer = await createTestIssuer()
  const options = { domain: issuer.domain, audience: issuer.audience, fetch: issuer.fetch }
  const headers = { authorization: 'Bearer ' + (await issuer.token({ scope: 'a' })) }
  ${body}
}

main().then((words) => console.log(words.join(' ')))
`
}

/** The name of its file, without an extension. */
export function fileOf({ subpath }: Use): string {
  return subpath === '.' ? 'core' : subpath.slice('./'.length)
}
