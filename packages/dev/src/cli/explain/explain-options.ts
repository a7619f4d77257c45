import { type AlgorithmName, createResourceServer, type DpopMode, InvalidOptions, resolveRequirement } from 'sallyport'
import { usageMistake } from '../failure.js'
import { readGivenFile } from '../given-file.js'
import { readOptions } from '../options.js'
import { type ApiAnswer, readApiAnswer } from './api-answer.js'
import { looksLikeToken, tokenAsArgument } from './token-as-argument.js'

export interface ExplainOptions {
  readonly file?: string | undefined
  readonly variable?: string | undefined
  readonly domain?: string | undefined
  readonly audience?: string | undefined
  readonly algorithms: readonly string[]
  readonly dpop: DpopMode
  readonly scopes: readonly string[]
  readonly permissions: readonly string[]
  readonly scheme?: 'Bearer' | 'DPoP' | undefined
  readonly proof?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly apiAnswer?: ApiAnswer | undefined
  readonly code?: string | undefined
  readonly isOffline: boolean
  readonly showsPii: boolean
}

const dpopModes = ['allowed', 'required', 'disabled'] as const

const schemes: Readonly<Record<string, 'Bearer' | 'DPoP'>> = { bearer: 'Bearer', dpop: 'DPoP' }

/** @throws {CliFailure} */
export async function explainOptions(parameters: readonly string[]): Promise<ExplainOptions> {
  if (parameters.some(looksLikeToken)) throw tokenAsArgument()
  const { values, positionals } = readOptions(parameters, {
    command: 'explain',
    positionals: Number.POSITIVE_INFINITY,
    options: {
      file: { type: 'string' },
      env: { type: 'string' },
      domain: { type: 'string' },
      audience: { type: 'string' },
      algorithms: { type: 'string', default: 'RS256' },
      dpop: { type: 'string', default: 'allowed' },
      scope: { type: 'string' },
      permissions: { type: 'boolean' },
      scheme: { type: 'string' },
      'proof-file': { type: 'string' },
      method: { type: 'string' },
      url: { type: 'string' },
      'api-answer': { type: 'string' },
      code: { type: 'string' },
      offline: { type: 'boolean' },
      'show-pii': { type: 'boolean' },
    },
  })
  if (positionals.length > 0) throw tokenAsArgument()
  if (values.file !== undefined && values.env !== undefined)
    throw usageMistake('--file and --env both say where the token is.', 'Give one of them.')
  const wanted = rights(values.scope, values.permissions === true)
  return {
    ...wanted,
    file: values.file,
    variable: values.env,
    domain: values.domain,
    audience: values.audience,
    algorithms: algorithmsOf(values.algorithms),
    dpop: dpopModeOf(values.dpop),
    scheme: schemeOf(values.scheme),
    proof: values['proof-file'] === undefined ? undefined : await proofOf(values['proof-file']),
    method: values.method?.toUpperCase(),
    url: urlOf(values.url),
    apiAnswer: values['api-answer'] === undefined ? undefined : readApiAnswer(await contents(values['api-answer'])),
    code: values.code,
    isOffline: values.offline === true,
    showsPii: values['show-pii'] === true,
  }
}

function rights(scope: string | undefined, arePermissions: boolean): Pick<ExplainOptions, 'scopes' | 'permissions'> {
  const words = scope?.split(/\s+/).filter((word) => word !== '') ?? []
  if (words.length === 0 && (arePermissions || scope !== undefined))
    throw usageMistake('What does the route ask for?', 'sallyport explain --scope "read:messages" --permissions')
  try {
    if (words.length > 0) resolveRequirement({ scopes: words })
  } catch (error) {
    if (error instanceof InvalidOptions) throw usageMistake('--scope takes words without quotes and backslashes.')
    throw error
  }
  return arePermissions ? { scopes: [], permissions: words } : { scopes: words, permissions: [] }
}

/** The options of the API as it has them: Sallyport itself says what it takes. */
function algorithmsOf(text: string): readonly AlgorithmName[] {
  // What is none of them is refused right below.
  const algorithms = text.split(/[\s,]+/).filter((word) => word !== '') as AlgorithmName[]
  try {
    createResourceServer({ issuer: 'https://tenant.invalid/', audience: 'any', algorithms }).close()
    return algorithms
  } catch (error) {
    if (!(error instanceof InvalidOptions)) throw error
    throw usageMistake(
      '--algorithms takes names such as RS256, PS256 and ES256.',
      'sallyport explain --algorithms PS256',
    )
  }
}

function dpopModeOf(text: string): DpopMode {
  const mode = dpopModes.find((one) => one === text)
  if (mode !== undefined) return mode
  throw usageMistake('--dpop takes allowed, required or disabled.', 'sallyport explain --dpop required')
}

function schemeOf(scheme: string | undefined): 'Bearer' | 'DPoP' | undefined {
  if (scheme === undefined) return undefined
  const known = schemes[scheme.toLowerCase()]
  if (known === undefined) throw usageMistake('--scheme takes bearer or dpop.', 'sallyport explain --scheme dpop')
  return known
}

function urlOf(url: string | undefined): string | undefined {
  if (url === undefined || (URL.canParse(url) && /^https?:\/\//i.test(url))) return url
  throw usageMistake('--url takes a whole URL.', 'sallyport explain --url https://api.example.com/messages')
}

/** The value of the header, alone or with its name before it. */
async function proofOf(file: string): Promise<string> {
  const proof = (await contents(file))
    .trim()
    .replace(/^dpop:\s*/i, '')
    .replace(/^(["'])(.*)\1$/s, '$2')
  if (proof === '') throw usageMistake('The file of --proof-file is empty.')
  return proof
}

async function contents(file: string): Promise<string> {
  return (await readGivenFile(file)).toString('utf8')
}
