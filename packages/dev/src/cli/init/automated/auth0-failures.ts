import { CliFailure, type FailureDetails } from '../../failure.js'

interface Failing {
  readonly code: string
  readonly exit: NonNullable<FailureDetails['exit']>
  readonly matches: RegExp
  readonly message: string
  /** The one command that mends it. @param output What the Auth0 CLI said. @param command What it was asked. */
  readonly fix: (output: string, command: string) => string
}

const other = 'Install it, or go on without it: --mode manual, or --mode local.'

const login = () => 'auth0 login'

/** What the Auth0 CLI says when something is wrong: its exit code is 1 whatever it is. The first that matches counts. */
const failings: readonly Failing[] = [
  {
    code: 'auth0_login_expired',
    exit: 'unauthorized',
    matches: /token (?:has )?expired|re-authenticate/i,
    message: 'The login of the Auth0 CLI has expired.',
    fix: login,
  },
  {
    code: 'auth0_not_logged_in',
    exit: 'unauthorized',
    matches:
      /config\.json file is missing|not (?:logged in|authenticated)|no tenants? |failed to (?:load|find|get) tenant/i,
    message: 'The Auth0 CLI is not logged in to this tenant, or to any.',
    fix: login,
  },
  {
    code: 'auth0_conflict',
    exit: 'conflict',
    matches: /\b409 Conflict\b|"statusCode": ?409/i,
    message: 'Somebody has made this meanwhile: the tenant says that it is there already. A second run finds it.',
    fix: () => 'sallyport init --mode automated',
  },
  {
    code: 'auth0_scope_missing',
    exit: 'unauthorized',
    matches: /insufficient[_ ]scope/i,
    message: 'The login of the Auth0 CLI does not allow this.',
    fix: (output) => ['auth0 login', ...scopesIn(output)].join(' --scopes '),
  },
  {
    code: 'auth0_forbidden',
    exit: 'unauthorized',
    matches: /\b40[13] (?:Forbidden|Unauthorized)\b|"statusCode": ?40[13]/i,
    message: 'The tenant does not allow this to who is logged in.',
    fix: login,
  },
  {
    code: 'auth0_too_many_requests',
    exit: 'network',
    matches: /\b429 Too Many\b|"statusCode": ?429|rate limit/i,
    message: 'The tenant gets more requests than it takes. Wait for a minute, then run it again.',
    fix: () => 'sallyport init --mode automated',
  },
  {
    code: 'network',
    exit: 'network',
    matches: /no such host|dial tcp|connection (?:refused|reset)|i\/o timeout|TLS handshake|network is unreachable/i,
    message: 'The Auth0 CLI cannot reach the tenant. Is there a network?',
    fix: (_, command) => command,
  },
  {
    code: 'auth0_cli_too_old',
    exit: 'failed',
    matches: /unknown (?:shorthand )?(?:flag|command)/i,
    message: 'The Auth0 CLI does not know a command that is needed: it is too old.',
    fix: installCommand,
  },
]

/** Why a command ended with another exit code than 0. */
export function commandFailure(
  parameters: readonly string[],
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): CliFailure {
  const output = `${stderr}\n${stdout}`
  const found = failings.find(({ matches }) => matches.test(output))
  if (found === undefined)
    return new CliFailure('auth0_failed', `"${shown(parameters)}" failed. The Auth0 CLI says: ${excerpt(stderr)}`, {
      fix: 'Mend that, or go on by hand: sallyport init --mode manual',
    })
  const { code, exit, message, fix } = found
  return new CliFailure(code, message, { exit, fix: fix(output, shown(parameters)) })
}

export function cannotStart(code: string): CliFailure {
  if (code !== 'ENOENT') return new CliFailure('auth0_cli', `The Auth0 CLI cannot be started (${code}). ${other}`)
  return new CliFailure('auth0_cli_missing', `The Auth0 CLI, auth0, is not on the PATH. ${other}`, {
    fix: installCommand(),
  })
}

export function tooOld(version: string): CliFailure {
  return new CliFailure('auth0_cli_too_old', `The Auth0 CLI is too old: ${version}. 1.0 or newer is needed. ${other}`, {
    fix: installCommand(),
  })
}

export function tookTooLong(parameters: readonly string[], limitMilliseconds: number): CliFailure {
  const limit = `${limitMilliseconds / 1000} seconds`
  return new CliFailure('auth0_timeout', `"${shown(parameters)}" has not ended within ${limit}.`, {
    exit: 'network',
    fix: 'sallyport init --mode automated',
  })
}

/** As the documentation of the Auth0 CLI says; it installs the newest in place of an old one too. */
const installCommands: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'brew install auth0',
  win32: 'scoop bucket add auth0 https://github.com/auth0/scoop-auth0-cli.git; scoop install auth0',
}

function installCommand(): string {
  const script = 'https://raw.githubusercontent.com/auth0/auth0-cli/main/install.sh'
  return installCommands[process.platform] ?? `curl -sSfL ${script} | sudo sh -s -- -b /usr/local/bin`
}

/** Without the values: a body can have what nobody should read over a shoulder. */
function shown(parameters: readonly string[]): string {
  const values = parameters.findIndex((parameter) => parameter.startsWith('-') && parameter !== '--version')
  return ['auth0', ...(values < 0 ? parameters : parameters.slice(0, values))].join(' ')
}

/** As one word, with commas; nothing where the answer names none. */
function scopesIn(output: string): readonly string[] {
  const [, list] = /(?:any of:?|--scopes)\s*"?([a-z_]+:[a-z_]+(?:[,\s]+[a-z_]+:[a-z_]+)*)/i.exec(output) ?? []
  return list === undefined ? [] : [list.split(/[,\s]+/).join(',')]
}

function excerpt(text: string): string {
  const line = text
    .split('\n')
    .map((one) => one.replace(/^[\s▸=]+/u, '').trim())
    .find((one) => one !== '')
  const masked = (line ?? 'nothing').replaceAll(/((?:secret|token|password)\w*["']?\s*[:=]\s*)\S+/gi, '$1…')
  return masked.length > 300 ? `${masked.slice(0, 300)}…` : masked
}
