import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { forget } from '../tenant/persistence.js'
import { readSeed } from '../tenant/seed-file.js'
import type { TenantSeed } from '../tenant/seed-schema.js'
import { startTenant, type Tenant } from '../tenant/tenant.js'
import { type Command, UsageMistake } from './command.js'

const seedFile = 'sallyport.tenant.json'
const stateFolder = '.auth'

const help = `Usage: sallyport dev [options]

Runs a local, Auth0-compatible tenant for development, on this machine only.

Options:
  --port <number>    default 4490; 0 takes a free one
  --seed <file>      what there is to begin with; default ${seedFile}, else a useful start
  --persist [=dir]   keeps changes, in ${stateFolder} unless a folder is named
  --reset            forgets what was kept, and begins anew
  --faults           lets POST /faults make the tenant fail, to test what your API does then
  --json             prints one JSON object when it is ready

Set AUTH0_DOMAIN and AUTH0_AUDIENCE of your API as it prints them. Ctrl-C ends it.
`

interface DevOptions {
  readonly port: number
  readonly seed: string | undefined
  readonly persist: string | undefined
  readonly reset: boolean
  readonly faults: boolean
  readonly json: boolean
}

export const dev: Command = {
  help,
  run: async (parameters) => {
    const options = readOptions(parameters)
    if (options.reset) await forget(options.persist ?? stateFolder)
    const seed = await seedOf(options.seed)
    const tenant = await startTenant({
      port: options.port,
      faults: options.faults,
      ...(seed === undefined ? {} : { seed }),
      ...(options.persist === undefined ? {} : { persist: resolve(options.persist) }),
    }).catch((error: unknown) => {
      throw portTaken(error, options.port)
    })
    const end = interrupted()
    process.stdout.write(options.json ? `${JSON.stringify(summaryOf(tenant))}\n` : welcome(tenant))
    await end
    await tenant.close()
    return 0
  },
}

function readOptions(parameters: readonly string[]): DevOptions {
  const { values } = parsed(parameters)
  const port = Number(values.port ?? 4490)
  if (!/^\d{1,5}$/.test(values.port ?? '4490') || port > 65_535)
    throw new UsageMistake(`--port takes a number from 0 to 65535, as in: sallyport dev --port 4491`)
  return {
    port,
    seed: values.seed,
    persist: values.persist === '' ? stateFolder : values.persist,
    reset: values.reset === true,
    faults: values.faults === true,
    json: values.json === true,
  }
}

function parsed(parameters: readonly string[]) {
  try {
    return parseArgs({
      // The value of this one may be left out.
      args: parameters.map((parameter) => (parameter === '--persist' ? '--persist=' : parameter)),
      options: {
        port: { type: 'string' },
        seed: { type: 'string' },
        persist: { type: 'string' },
        reset: { type: 'boolean' },
        faults: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageMistake(
      `${error instanceof Error ? error.message.split('. ')[0] : 'Wrong options'}. See: sallyport dev --help`,
    )
  }
}

async function seedOf(file: string | undefined): Promise<TenantSeed | undefined> {
  const path = file ?? seedFile
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (file === undefined && error.code === 'ENOENT') return undefined
    throw new UsageMistake(`${path} cannot be read (${error.code}). Name another with: sallyport dev --seed <file>`)
  })
  return text === undefined ? undefined : readSeed(text, path)
}

function portTaken(error: unknown, port: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error
  return new Error(`Port ${port} is taken. Choose another with: sallyport dev --port ${port + 1}`)
}

function summaryOf({ issuer, domain, state }: Tenant) {
  const apis = state.resourceServers.list().filter(({ is_system }) => is_system !== true)
  return { issuer, domain, console: issuer, audience: apis[0]?.identifier }
}

function welcome(tenant: Tenant): string {
  const { issuer, domain, audience } = summaryOf(tenant)
  const machine = tenant.state.clients.list().find(({ app_type }) => app_type === 'non_interactive')
  const lines = [
    `${styleText('green', '✓')} The local tenant is ready: ${styleText('bold', issuer)}`,
    '  Open it for APIs, applications, users, test tokens and a log.',
    '',
    '  Your API:',
    `    AUTH0_DOMAIN=${domain}`,
    `    AUTH0_AUDIENCE=${audience ?? '(create an API first)'}`,
    ...(machine === undefined || audience === undefined
      ? []
      : [
          '',
          '  A token:',
          `    curl -s ${issuer}oauth/token -d grant_type=client_credentials \\`,
          `      -d client_id=${machine.client_id} -d client_secret="$CLIENT_SECRET" -d audience=${audience}`,
        ]),
    '',
    '  For development only. Ctrl-C ends it.',
  ]
  return `${lines.join('\n')}\n`
}

function interrupted(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
}
