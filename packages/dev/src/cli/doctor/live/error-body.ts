import type { Finding } from '../rule.js'
import { evidenceOf, isAdmitted, type LiveAnswer } from './answers.js'
import type { LiveRule } from './live-rule.js'

/** Lines of a stack trace. */
const stack = /^\s*(at\s.+:\d+:\d+\)?|File ".+", line \d+)/m

export const errorBody: LiveRule = {
  code: 'live-error-body',
  severity: 'warning',
  mend: { text: 'Answer with a fixed text, such as {"error":"invalid_token"}: requireAuth() does.' },
  docs: 'docs/errors.md',
  look: ({ url, withoutToken, garbage, garbageToken, unsigned }) => {
    const refusals = [withoutToken, garbage, unsigned].filter((answer) => !isAdmitted(answer))
    const messages: readonly (readonly [LiveAnswer | undefined, string, Finding['severity']])[] = [
      [
        refusals.find((answer) => hasText(answer, garbageToken)),
        'A refusal repeats the token that was sent.',
        'warning',
      ],
      [refusals.find(({ body }) => stack.test(unescaped(body))), 'A refusal shows a stack trace.', 'warning'],
      [refusals.find(isPage), 'A refusal is a web page: clients of an API expect JSON.', 'info'],
    ]
    return messages.flatMap(([answer, message, severity = 'warning']) =>
      answer === undefined ? [] : [{ message, severity, evidence: evidenceOf(url, answer) }],
    )
  },
}

function hasText({ body, headers }: LiveAnswer, text: string): boolean {
  return body.includes(text) || [...headers.values()].some((value) => value.includes(text))
}

/** In JSON the ends of lines are escaped; in a page they are tags. */
function unescaped(body: string): string {
  return body.replace(/\\n|<br\s*\/?>/g, '\n').replaceAll('&nbsp;', ' ')
}

function isPage({ headers, status }: LiveAnswer): boolean {
  return status >= 400 && status !== 404 && /^text\/html\b/i.test(headers.get('content-type') ?? '')
}
