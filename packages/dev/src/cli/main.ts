#!/usr/bin/env node
import type { Command, Outcome } from './command.js'
import { CliFailure, exitCodes, usageMistake } from './failure.js'

interface Row {
  help(): Promise<{ readonly help: string }>
  load(): Promise<Command>
}

/** Loaded when asked for; the help without the command, so that it is there at once. */
const commands: Readonly<Record<string, Row>> = {
  init: { help: () => import('./init/help.js'), load: async () => (await import('./init/init.js')).init },
  dev: { help: () => import('./dev/help.js'), load: async () => (await import('./dev/dev.js')).dev },
  token: { help: () => import('./token/help.js'), load: async () => (await import('./token/token.js')).token },
  call: { help: () => import('./call/help.js'), load: async () => (await import('./call/call.js')).call },
  explain: {
    help: () => import('./explain/help.js'),
    load: async () => (await import('./explain/explain.js')).explain,
  },
  doctor: { help: () => import('./doctor/help.js'), load: async () => (await import('./doctor/doctor.js')).doctor },
  skill: { help: () => import('./skill/help.js'), load: async () => (await import('./skill/skill.js')).skill },
}

const help = `Usage: sallyport <command> [options]

Commands:
  init       set up the protection of an API: domain, audience, .env
  dev        run a local, Auth0-compatible tenant: no account, no network
  token      get a test token
  call       send a request with a fresh token, Bearer or DPoP
  explain    say why a token is refused, and the mend
  doctor     look for the common mistakes in a project and a running API
  skill      install the skill for coding agents

Every command takes --help, --json (one JSON object on stdout) and --no-input (never asks).
sallyport --version tells the version.

Exit codes: 0 done, 1 failed, 2 usage or something missing, 3 not logged in or not allowed,
4 conflict, 5 network, 130 Ctrl-C.
`

async function main(given: readonly string[]): Promise<Outcome> {
  const [name, ...parameters] = given
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return printed(help)
  if (name === '--version') return printed(`${(await import('./version.js')).version()}\n`)
  const row = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (row === undefined) throw await unknownCommand(name)
  const own = ownPart(parameters)
  if (own.includes('--help') || own.includes('-h')) return printed((await row.help()).help)
  const [{ createTerminal }, command] = await Promise.all([import('./terminal.js'), row.load()])
  return command.run(parameters, createTerminal(own))
}

/** Prints what is text for everybody, with `--json` too. */
function printed(text: string): Outcome {
  process.stdout.write(text)
  return {}
}

/** What is for the command itself: after "--" it is for another. */
function ownPart(parameters: readonly string[]): readonly string[] {
  const end = parameters.indexOf('--')
  return end < 0 ? parameters : parameters.slice(0, end)
}

async function unknownCommand(name: string): Promise<CliFailure> {
  const { didYouMean } = await import('./suggestion.js')
  const guess = didYouMean(name, Object.keys(commands))
  return usageMistake(`There is no command "${name.slice(0, 40)}".${guess}`, 'sallyport --help')
}

function finish({ text = '', data, exitCode = exitCodes.ok }: Outcome, given: readonly string[]): void {
  if (!ownPart(given).includes('--json')) process.stdout.write(text)
  else if (data !== undefined) printJson({ ok: exitCode === exitCodes.ok, command: given[0], data })
  process.exitCode = exitCode
}

function fail(error: unknown, given: readonly string[]): void {
  const failure = error instanceof CliFailure ? error : unexpected(error)
  const { code, message, details } = failure
  const { fix, docs, more } = details
  process.exitCode = failure.exitCode
  if (ownPart(given).includes('--json')) {
    printJson({ ok: false, command: given[0], error: { code, message, fix, docs }, ...more })
    return
  }
  const lines = [message, ...(fix === undefined ? [] : [`  ${fix}`]), ...(docs === undefined ? [] : [`  See ${docs}`])]
  process.stderr.write(`${lines.join('\n')}\n`)
}

/** Errors that name what is wrong on purpose, such as `SeedMistake`, come from the packages' own classes. */
function unexpected(error: unknown): CliFailure {
  return new CliFailure('failed', error instanceof Error ? error.message : String(error))
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

// Whoever reads has seen enough, such as `head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const given = process.argv.slice(2)
try {
  finish(await main(given), given)
} catch (error) {
  fail(error, given)
}
