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

export const dev: Command = {
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
    const { env, audience, notes } = await commandEnvironment(tenant)
    if (json) printEvent({ event: 'ready', ...summaryOf(tenant), audience, command })
    else for (const line of shortWelcome(tenant, audience, terminal.talkColors)) terminal.say(line)
    for (const note of notes) terminal.say(note)
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
