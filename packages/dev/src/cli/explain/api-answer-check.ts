import { type Check, type Finding, fails, note, passes } from '../../explain/finding.js'
import { refusalMeanings } from '../../explain/refusal-meanings.js'
import { listed, shown } from '../../explain/words.js'
import type { ApiAnswer } from './api-answer.js'

/** What the API has answered, against what the checks have found. */
export function apiAnswerCheck(answer: ApiAnswer, checks: readonly Check[]): Check {
  return { name: 'Answer', ...finding(answer, checks) }
}

function finding({ description, codes }: ApiAnswer, checks: readonly Check[]): Finding {
  const failing = checks.find((check) => check.verdict === 'fails')
  const [code] = codes
  if (description === undefined) return note('There is no refusal in the API’s answer (no “error_description”).')
  const text = `The API answered: “${shown(description)}”`
  if (code === undefined)
    return note(`${text} That is no sentence of Sallyport’s.`, 'Another library or a proxy has answered.')
  if (failing === undefined) {
    const { meaning, mend } = refusalMeanings[code]
    const others = codes.length === 1 ? '' : ` It stands for ${listed(codes)}.`
    return fails(
      code,
      `${text}${others} ${meaning}`,
      `${mend} If that does not fit, the API has other settings than these.`,
    )
  }
  if (codes.includes(failing.code)) return passes(`${text} That is ${failing.code}, which is explained above.`)
  return note(
    `${text} That is ${listed(codes)}, not ${failing.code}.`,
    'The API has other settings than these, or got another token: look at what the client really sends.',
  )
}
