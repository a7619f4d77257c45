import { answerTo, type RefusalCode, RequestRefused } from 'sallyport'
import { refusalMeanings } from '../../explain/refusal-meanings.js'
import type { Outcome } from '../command.js'
import { usageMistake } from '../failure.js'
import { didYouMean } from '../suggestion.js'
import type { Terminal } from '../terminal.js'
import { wrapped } from './wrapped.js'

/** Explains what an API refuses with. @throws {CliFailure} There is no such code. */
export function explainCode(given: string, { colors }: Terminal): Outcome {
  const codes = Object.keys(refusalMeanings)
  if (!Object.hasOwn(refusalMeanings, given))
    throw usageMistake(
      `There is no code "${given.slice(0, 40)}".${didYouMean(given, codes)}`,
      'docs/errors.md has them all; they stand in the events of an API.',
    )
  const code = given as RefusalCode
  const { meaning, mend } = refusalMeanings[code]
  const { status, error, sentence } = answerOf(code)
  const docs = docsOf(code)
  const lines = [
    `${colors.bold(code)}  ${status} ${error}`,
    ...wrapped(`The API answers: “${sentence}”`, { indent: 2 }),
    '',
    ...wrapped(meaning, { indent: 2 }),
    ...wrapped(mend, { indent: 4, first: `  ${colors.cyan('→')} ` }),
    '',
    colors.dim(`  ${docs}`),
  ]
  return { text: `${lines.join('\n')}\n`, data: { code, status, error, description: sentence, meaning, mend, docs } }
}

export function docsOf(code: RefusalCode): string {
  return `docs/errors.md#${code}`
}

/** Of the error profile `auth0`, which is the default. */
export function answerOf(code: RefusalCode): { status: number; error: string | undefined; sentence: string } {
  const refusal = new RequestRefused(code)
  const { status, body } = answerTo(refusal, {
    schemes: ['Bearer', 'DPoP'],
    proofAlgorithms: [],
    errorProfile: 'auth0',
  })
  return { status, error: 'detail' in body ? body.detail.error : body.error, sentence: refusal.message }
}
