import type { TenantSeed } from '../../tenant/seed-schema.js'
import type { Tenant } from '../../tenant/tenant.js'
import type { Command, Outcome } from '../command.js'
import type { Terminal } from '../terminal.js'
import { devOptions } from './dev-options.js'
import { commandEnvironment } from './environment.js'
import { listenForReset } from './keys.js'
import { resetTenant } from './reset.js'
import { runCommand } from './run-command.js'
import { begin } from './start.js'
import { shortWelcome, summaryOf, welcome } from './welcome.js'

const help = `Usage: sallyport dev [options] [-- <command>]

Runs a local, Auth0-compatible tenant for development, on this machine only. With a command it runs
your API beside it, with AUTH0_DOMAIN and AUTH0_AUDIENCE: sallyport dev -- node server.js

Options:
  --port <number>        default 4490; 0 takes a free one
  --seed <file>          what there is to begin with; default sallyport.tenant.json, if there is one
  --persist[=folder]     keeps changes, in .auth unless a folder is named
  --reset                forgets what was kept, and begins anew
  --strict-client-scope  narrows client credentials to their scope; Auth0 gives all that is granted
  --faults               lets POST /faults make the tenant fail, to test what your API does then
  --json                 prints events, one JSON object per line: ready, exited

Ctrl-C ends it, and the key "r" resets it to its seed.

Exit codes: 0 ended, or that of the command (128+n where a signal ended it), 1 failed, such as a
mistake in the seed, 2 usage, 4 the port is taken.
`

export const dev: Command = {
  help,
  run: async (parameters, terminal) => {
    const options = devOptions(parameters)
    const { tenant, seed } = await begin(options)
    const { command, json } = options
    if (command !== undefined) return beside(tenant, command, { terminal, json })
    const isOver = interrupted()
    if (json) printEvent({ event: 'ready', ...summaryOf(tenant) })
    const giveKeyboardBack = json ? undefined : await greet(tenant, seed, terminal)
    await isOver
    giveKeyboardBack?.()
    await tenant.close()
    if (json) printEvent({ event: 'exited', code: 0 })
    return {}
  },
}

async function greet(tenant: Tenant, seed: TenantSeed | undefined, terminal: Terminal) {
  const giveKeyboardBack = await listenForReset(terminal, () => {
    void resetTenant(tenant, seed).then(() => terminal.say('  Reset to the seed. The keys are the same.'))
  })
  process.stdout.write(welcome(tenant, giveKeyboardBack !== undefined, terminal.colors))
  return giveKeyboardBack
}

interface Beside {
  readonly terminal: Terminal
  readonly json: boolean
}

/** Runs a command for as long as it likes, and the tenant with it. */
async function beside(tenant: Tenant, command: readonly string[], { terminal, json }: Beside): Promise<Outcome> {
  try {
    const { env, audience, note } = await commandEnvironment(tenant)
    if (json) printEvent({ event: 'ready', ...summaryOf(tenant), audience, command })
    else for (const line of shortWelcome(tenant, audience, terminal.talkColors)) terminal.say(line)
    if (note !== undefined) terminal.say(note)
    const { code, signal } = await runCommand(command, { env, keepsStdoutFree: json })
    if (json) printEvent({ event: 'exited', code, ...(signal === null ? {} : { signal }) })
    return { exitCode: code }
  } finally {
    await tenant.close()
  }
}

function printEvent(event: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

function interrupted(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
}
