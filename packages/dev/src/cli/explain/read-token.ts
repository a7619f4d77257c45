import { text } from 'node:stream/consumers'
import { shown } from '../../explain/words.js'
import { type CliFailure, usageMistake } from '../failure.js'
import { readGivenFile } from '../given-file.js'
import { jsonObjectIn } from '../json.js'
import { readEnvFile } from '../project/settings.js'
import type { Terminal } from '../terminal.js'
import { mendOfAnswer } from './answer-mends.js'
import type { ExplainOptions } from './explain-options.js'

/** What somebody has given, and what it says about how the token is sent. */
export interface GivenToken {
  readonly token: string
  readonly scheme?: 'Bearer' | 'DPoP' | undefined
}

type Where = Pick<ExplainOptions, 'file' | 'variable'>

/** @throws {CliFailure} There is none. */
export async function readToken(where: Where, terminal: Terminal): Promise<GivenToken> {
  const given = (await textFrom(where, terminal)).trim()
  if (given === '') throw noToken(where)
  const token = given.startsWith('{') ? ofAnswer(given) : given
  const scheme = /^["']?(?:authorization:\s*)?(bearer|dpop)\s/i.exec(token)?.[1]?.toLowerCase()
  return { token, scheme: scheme === undefined ? undefined : scheme === 'dpop' ? 'DPoP' : 'Bearer' }
}

async function textFrom({ file, variable }: Where, terminal: Terminal): Promise<string> {
  if (file !== undefined) return (await readGivenFile(file)).toString('utf8')
  if (variable !== undefined) return process.env[variable] ?? (await readEnvFile(process.cwd()))[variable] ?? ''
  if (process.stdin.isTTY !== true) return terminal.during('waiting for the token on stdin', text(process.stdin))
  if (!terminal.isInteractive) throw noToken({})
  return terminal.ask('Paste the token and press Enter: ')
}

function noToken({ file, variable }: Where): CliFailure {
  if (file !== undefined) return usageMistake(`There is no token in ${file.slice(0, 200)}: it is empty.`)
  if (variable !== undefined)
    return usageMistake(`There is no token in the variable ${variable.slice(0, 100)}: it is not set, or empty.`)
  return usageMistake('There is no token on stdin.', 'sallyport explain < token.txt, or --file <file>, or --env <name>')
}

/** The answer of a token endpoint, or what `sallyport token --json` prints. Anything else is left to the explanation. */
function ofAnswer(json: string): string {
  const answer: TokenAnswer = jsonObjectIn(json) ?? {}
  const { access_token: token = answer.data?.access_token, error, error_description: described } = answer
  if (typeof token === 'string') return token
  if (typeof error !== 'string') return json
  const description = typeof described === 'string' ? described : ''
  const said = [error, description].filter((text) => text !== '').map((text) => shown(text))
  throw usageMistake(
    `That is no token, but an answer that refuses one: ${said.join(', ')}`,
    mendOfAnswer(error, description),
  )
}

interface TokenAnswer {
  readonly access_token?: unknown
  readonly data?: { readonly access_token?: unknown } | null
  readonly error?: unknown
  readonly error_description?: unknown
}
