import { CliFailure, exitCodes } from '../../failure.js'
import { createAuth0Cli } from '../../init/automated/auth0-cli.js'
import type { ManagementReader, NotReadable } from './management-reader.js'

const limitMilliseconds = 10_000

const login = { text: 'Log in to the tenant with the auth0 CLI, and it is looked at as well.', command: 'auth0 login' }
const install = {
  text: 'Install the auth0 CLI and log in, and it is looked at as well: https://github.com/auth0/auth0-cli',
}

/** Reads by the auth0 CLI, where it is logged in to the tenant. */
export async function cliManagement(host: string): Promise<ManagementReader | NotReadable> {
  const cli = createAuth0Cli({ terminal: { during: (_, work) => work }, limitMilliseconds })
  try {
    const listed = await cli.ask({ parameters: ['tenants', 'list', '--json'], what: 'looking for the tenant' })
    const names = [listed].flat().map((tenant) => String(Object(tenant).name))
    if (!names.includes(host)) return { why: `the auth0 CLI is not logged in to ${host}`, mend: login }
  } catch (error) {
    return obstacle(error)
  }
  const own = cli.of(host)
  return {
    by: 'the auth0 CLI',
    get: async (path, query) => {
      const filters = Object.entries(query).flatMap(([name, value]) => ['-q', `${name}=${value}`])
      return own
        .ask({ parameters: ['api', 'get', path, ...filters], what: 'reading the tenant' })
        .catch((error: unknown) => void obstacle(error))
    },
  }
}

/** It is never needed: whatever is wrong with it is no failure. */
function obstacle(error: unknown): NotReadable {
  if (!(error instanceof CliFailure)) throw error
  if (error.code === 'auth0_cli_missing') return { why: 'there is no auth0 CLI', mend: install }
  const isLogin = error.exitCode === exitCodes.unauthorized
  return { why: isLogin ? 'the auth0 CLI is not logged in' : 'the auth0 CLI gave no answer', mend: login }
}
