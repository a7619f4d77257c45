import type { Finding } from '../rule.js'
import { evidenceOf, isAdmitted, isRefused, type LiveAnswer } from './answers.js'
import type { LiveRule } from './live-rule.js'

interface Wrong {
  is(status: number): boolean
  readonly message: string
  readonly mend: string
}

const wrong: readonly Wrong[] = [
  {
    is: (status) => status === 404 || status === 405,
    message: 'There is no such route for this method, as far as the answer tells.',
    mend: 'Give --url the address of a protected route that answers GET.',
  },
  {
    is: (status) => status >= 300 && status < 400,
    message: 'The route redirects, as a web app does for its login: clients of an API cannot follow.',
    mend: 'Answer 401 with a challenge: requireAuth() does.',
  },
  {
    is: (status) => status === 403,
    message: '403 says that the token was good and lacks a right; clients will not get a new one.',
    mend: 'Answer 401 where the token is missing or bad: requireAuth() does.',
  },
  {
    is: (status) => status === 503,
    message: 'The API cannot check tokens now: its issuer or a store of its own is out of reach.',
    mend: 'Look into the log of the API, and whether it reaches AUTH0_DOMAIN.',
  },
  {
    is: (status) => status >= 500,
    message: 'A missing or bad token ends in an error of the server.',
    mend: 'Answer 401: requireAuth() does. An error handler of the app may make a 500 of it.',
  },
  { is: () => true, message: 'This is no status for a missing or bad token.', mend: 'Answer 401: requireAuth() does.' },
]

export const refusalStatus: LiveRule = {
  code: 'live-refusal-status',
  severity: 'warning',
  mend: { text: 'Answer 401 where the token is missing or bad.' },
  docs: 'docs/errors.md',
  look: ({ url, ...exploration }) => {
    const { withoutToken, garbage, badlySigned, unsigned, foreign, expired } = exploration
    const answers = [withoutToken, garbage, badlySigned, unsigned, foreign, expired]
    const odd = answers.find((answer) => answer !== undefined && !isAdmitted(answer) && !isRefused(answer))
    return odd === undefined ? [] : [findingOf(url, odd)]
  },
}

function findingOf(url: URL, answer: LiveAnswer): Finding {
  const { message = '', mend = '' } = wrong.find(({ is }) => is(answer.status)) ?? {}
  return { message, evidence: evidenceOf(url, answer), mend: { text: mend } }
}
