import { CliFailure } from '../../failure.js'
import { needsInput } from '../../questions.js'
import type { Auth0Cli } from './auth0-cli.js'
import { tooOld } from './auth0-failures.js'

const leastMajor = 1

/** @throws {CliFailure} There is none, or it is too old. */
export async function checkVersion(cli: Auth0Cli): Promise<void> {
  const text = (await cli.version()).trim()
  const [version, major] = /(\d+)\.\d+\.\d+\S*/.exec(text) ?? []
  if (version === undefined || Number(major) < leastMajor) throw tooOld(version ?? 'it does not tell its version')
}

/**
 * The tenant that is worked on: the one that was named, else the active one of the Auth0 CLI.
 *
 * @throws {CliFailure} Nobody is logged in there, or there are several and none is active.
 */
export async function chooseTenant(cli: Auth0Cli, named: string | undefined): Promise<string> {
  const answer = await cli.ask({ parameters: ['tenants', 'list', '--json'], what: 'asking auth0 for its tenants' })
  const tenants = (Array.isArray(answer) ? answer : []).filter(isTenant)
  if (tenants.length === 0) throw notLoggedIn('The Auth0 CLI is not logged in.')
  if (named !== undefined) {
    if (tenants.some(({ name }) => name === named)) return named
    throw notLoggedIn(`The Auth0 CLI is not logged in to ${named}. It is to: ${namesOf(tenants)}.`)
  }
  const chosen = tenants.find(({ active }) => active === true) ?? (tenants.length === 1 ? tenants[0] : undefined)
  if (chosen !== undefined) return chosen.name
  throw needsInput({
    needs: 'tenant',
    message: `The Auth0 CLI is logged in to several tenants, and none is active: ${namesOf(tenants)}.`,
    fix: 'sallyport init --mode automated --tenant <name>',
    question: 'Which tenant?',
    choices: tenants.map(({ name }) => name),
  })
}

interface ListedTenant {
  readonly name: string
  readonly active?: boolean
}

function isTenant(value: unknown): value is ListedTenant {
  return typeof Object(value).name === 'string'
}

/** The Auth0 CLI lists them in another order each time. */
function namesOf(tenants: readonly ListedTenant[]): string {
  return tenants
    .map(({ name }) => name)
    .sort()
    .join(', ')
}

function notLoggedIn(message: string): CliFailure {
  return new CliFailure('auth0_not_logged_in', message, { exit: 'unauthorized', fix: 'auth0 login' })
}
