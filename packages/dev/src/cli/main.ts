#!/usr/bin/env node
import { type Command, UsageMistake } from './command.js'

/** Loaded when asked for, so that help is there at once. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  dev: async () => (await import('./dev.js')).dev,
}

const help = `Usage: sallyport <command> [options]

Commands:
  dev    run a local, Auth0-compatible tenant: no account, no network

sallyport <command> --help tells more. sallyport --version tells the version.
`

async function main(given: readonly string[]): Promise<number> {
  const [name, ...parameters] = given
  if (name === undefined || name === '--help' || name === '-h') return print(help)
  if (name === '--version') return print(`${(await import('./version.js')).version()}\n`)
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) throw new UsageMistake(`There is no command "${name.slice(0, 40)}". See: sallyport --help`)
  const command = await load()
  if (parameters.includes('--help') || parameters.includes('-h')) return print(command.help)
  return command.run(parameters)
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageMistake ? 2 : 1
}
