import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import type { Stack, StackOptions, StartStack } from '../../packages/sallyport/test/support/contract.ts'
import type { AppName } from './apps.ts'

const apps: readonly AppName[] = ['core', 'fetch', 'hono']
const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url))

const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'Node 22': [path('node_modules/node22/bin/node'), path('src/serve-node.ts')],
  'Node 24': [path('node_modules/node24/bin/node'), path('src/serve-node.ts')],
  'Node 26': [path('node_modules/node26/bin/node'), path('src/serve-node.ts')],
  Bun: [path('node_modules/.bin/bun'), path('src/serve-bun.ts')],
  Deno: [
    path('node_modules/.bin/deno'),
    'run',
    '--quiet',
    '--no-check',
    '--node-modules-dir=manual',
    '--allow-net',
    '--allow-env',
    '--allow-read',
    path('src/serve-deno.ts'),
  ],
}

/** Every runtime with every way of using Sallyport that it has. */
export const stacks: ReadonlyMap<string, StartStack> = new Map(
  apps.flatMap((app): [string, StartStack][] => [
    ...Object.entries(commands).map(([name, command]): [string, StartStack] => [
      `${app} on ${name}`,
      (options) => startProcess(command, app, options),
    ]),
    [`${app} on workerd`, (options) => startWorker(app, options)],
  ]),
)

async function startProcess(
  [program, ...parameters]: readonly string[],
  app: AppName,
  options: StackOptions,
): Promise<Stack> {
  const env = { ...process.env, STACK: JSON.stringify({ app, options }) }
  const child = spawn(program ?? '', parameters, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  return stackAt(`http://127.0.0.1:${await portOf(child)}`, async () => {
    const exit = once(child, 'exit')
    child.kill()
    await exit
  })
}

async function portOf({ stdout }: ChildProcess): Promise<string> {
  let printed = ''
  for await (const chunk of stdout ?? []) {
    printed += String(chunk)
    const port = /listens at (\d+)\n/.exec(printed)?.[1]
    if (port !== undefined) return port
  }
  throw new Error(`The server did not start. ${printed}`)
}

/** As a bundler for Workers makes it: by the conditions of that runtime, and with nothing of Node in it. */
const bundle = build({
  entryPoints: [path('src/worker.ts')],
  bundle: true,
  format: 'esm',
  write: false,
  conditions: ['workerd', 'worker', 'browser'],
  external: ['cloudflare:*'],
})

export async function startWorker(
  app: AppName,
  options: StackOptions,
  compatibilityDate = '2026-04-01',
): Promise<Stack> {
  const { outputFiles } = await bundle
  const worker = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate,
    host: '127.0.0.1',
    port: 0,
    bindings: { STACK: JSON.stringify({ app, options }) },
  })
  const { origin } = await worker.ready
  return stackAt(origin, () => worker.dispose())
}

function stackAt(origin: string, close: () => Promise<void>): Stack {
  const takeHandled = async () => (await (await fetch(`${origin}/handled`)).json()) as string[]
  return { origin, takeHandled, close }
}
