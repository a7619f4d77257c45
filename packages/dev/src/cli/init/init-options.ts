import { usageMistake } from '../failure.js'
import { readOptions } from '../options.js'
import { type FrameworkName, frameworkNames, isFrameworkName } from '../project/frameworks.js'
import { didYouMean } from '../suggestion.js'
import { isMode, type Mode, modes } from './mode.js'

export interface InitOptions {
  readonly mode: Mode | undefined
  readonly name: string | undefined
  readonly audience: string | undefined
  readonly domain: string | undefined
  readonly scopes: readonly string[] | undefined
  readonly framework: FrameworkName | undefined
  readonly tenant: string | undefined
  readonly install: boolean
  readonly starter: boolean
  readonly testApp: boolean
  readonly dpop: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly offline: boolean
}

/** @throws {CliFailure} */
export function readInitOptions(parameters: readonly string[]): InitOptions {
  const { values } = readOptions(parameters, {
    command: 'init',
    options: {
      mode: { type: 'string' },
      name: { type: 'string' },
      audience: { type: 'string' },
      domain: { type: 'string' },
      scopes: { type: 'string' },
      framework: { type: 'string' },
      tenant: { type: 'string' },
      install: { type: 'boolean' },
      starter: { type: 'boolean' },
      'test-app': { type: 'boolean' },
      dpop: { type: 'boolean' },
      'dry-run': { type: 'boolean' },
      yes: { type: 'boolean' },
      offline: { type: 'boolean' },
    },
  })
  const { mode, framework, tenant } = values
  if (mode !== undefined && !isMode(mode)) throw unknownValue('mode', mode, modes)
  if (framework !== undefined && !isFrameworkName(framework)) throw unknownValue('framework', framework, frameworkNames)
  if (tenant !== undefined && !/^[a-z0-9][a-z0-9.:-]*$/i.test(tenant))
    throw usageMistake('--tenant takes the name of a tenant, such as my-tenant.eu.auth0.com.', 'auth0 tenants list')
  const options: InitOptions = {
    mode,
    framework,
    tenant,
    name: checkedName(values.name),
    audience: values.audience,
    domain: values.domain,
    scopes: checkedScopes(values.scopes),
    install: values.install === true,
    starter: values.starter === true,
    testApp: values['test-app'] === true,
    dpop: values.dpop === true,
    dryRun: values['dry-run'] === true,
    yes: values.yes === true,
    offline: values.offline === true,
  }
  if (mode !== undefined) checkFor(mode, options)
  return options
}

/** What makes sense in some modes only. */
const limited: readonly [option: string, isGiven: (options: InitOptions) => boolean, modes: readonly Mode[]][] = [
  ['--name', ({ name }) => name !== undefined, ['automated']],
  ['--scopes', ({ scopes }) => scopes !== undefined, ['automated']],
  ['--tenant', ({ tenant }) => tenant !== undefined, ['automated']],
  ['--test-app', ({ testApp }) => testApp, ['automated']],
  ['--dpop', ({ dpop }) => dpop, ['automated']],
  ['--domain', ({ domain }) => domain !== undefined, ['manual', 'local']],
]

/** An option that would be without effect is a mistake. @throws {CliFailure} */
export function checkFor(mode: Mode, options: InitOptions): void {
  const [option, , allowed] = limited.find(([, isGiven, where]) => isGiven(options) && !where.includes(mode)) ?? []
  if (option === undefined || allowed === undefined) return
  const other = option === '--domain' ? ' There the tenant is named by --tenant.' : ''
  throw usageMistake(`${option} is for --mode ${allowed.join(' and ')}.${other}`, 'sallyport init --help')
}

function unknownValue(option: string, value: string, known: readonly string[]) {
  return usageMistake(`--${option} takes ${known.join(', ')}.${didYouMean(value, known)}`, 'sallyport init --help')
}

/** What the Management API takes; a dash in front would be read as an option on the way. */
function checkedName(name: string | undefined): string | undefined {
  if (name !== undefined && !/^[^\s<>-][^<>\p{Cc}]{0,199}$/u.test(name))
    throw usageMistake('--name takes a name of at most 200 characters, without < and >, such as "Messages API".')
  return name
}

/** @see RFC 6749 section 3.3; a comma would be read as the end of a scope by the Auth0 CLI. */
const scopeToken = /^[\x21\x23-\x2b\x2e-\x5b\x5d-\x7e][\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]*$/

function checkedScopes(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const scopes = [...new Set(text.split(/[\s,]+/).filter((scope) => scope !== ''))]
  if (scopes.length === 0 || !scopes.every((scope) => scopeToken.test(scope)))
    throw usageMistake('--scopes takes scopes with spaces between them, such as "read:messages write:messages".')
  return scopes
}
