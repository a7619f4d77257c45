import { resolve } from 'node:path'
import { usageMistake } from '../failure.js'
import { readOptions } from '../options.js'

export interface DevOptions {
  /** Default that of AUTH0_DOMAIN, if it names this machine, else 4490. */
  readonly port: number | undefined
  readonly seed: string | undefined
  /** The folder that keeps what changes. */
  readonly persist: string | undefined
  readonly reset: boolean
  readonly faults: boolean
  readonly strictClientScope: boolean
  readonly json: boolean
  /** The program to run beside the tenant, and its arguments. */
  readonly command: readonly string[] | undefined
}

export const stateFolder = '.auth'

/** @throws {CliFailure} */
export function devOptions(parameters: readonly string[]): DevOptions {
  const end = parameters.indexOf('--')
  const command = end < 0 ? undefined : parameters.slice(end + 1)
  if (command?.length === 0)
    throw usageMistake('After "--" stands the command to run.', 'sallyport dev -- node server.js')
  const { values, positionals } = readOptions(
    // The value of this one may be left out.
    parameters.slice(0, end < 0 ? undefined : end).map((one) => (one === '--persist' ? '--persist=' : one)),
    {
      command: 'dev',
      positionals: Number.POSITIVE_INFINITY,
      options: {
        port: { type: 'string' },
        seed: { type: 'string' },
        persist: { type: 'string' },
        reset: { type: 'boolean' },
        faults: { type: 'boolean' },
        'strict-client-scope': { type: 'boolean' },
      },
    },
  )
  const [extra] = positionals
  if (extra !== undefined)
    throw usageMistake(
      `dev does not take "${extra.slice(0, 40)}".`,
      'A command stands after "--": sallyport dev -- node server.js',
    )
  return {
    port: values.port === undefined ? undefined : portOf(values.port),
    seed: values.seed,
    persist: values.persist === undefined ? undefined : resolve(values.persist || stateFolder),
    reset: values.reset === true,
    faults: values.faults === true,
    strictClientScope: values['strict-client-scope'] === true,
    json: values.json === true,
    command,
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw usageMistake('--port takes a number from 0 to 65535.', 'sallyport dev --port 4491')
  return port
}
