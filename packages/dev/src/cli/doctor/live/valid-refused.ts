import type { Finding } from '../rule.js'
import { shown } from '../surroundings/settings-of.js'
import { evidenceOf, isRefused } from './answers.js'
import { challengeParameter } from './challenges.js'
import type { LiveRule } from './live-rule.js'

export const validRefused: LiveRule = {
  code: 'live-valid-refused',
  severity: 'error',
  mend: {
    text: 'Compare AUTH0_DOMAIN and AUTH0_AUDIENCE of the running API with those here. This says why a token is refused:',
    command: 'npx sallyport token | npx sallyport explain',
  },
  docs: 'docs/errors.md',
  look: ({ url, valid }) => {
    if (valid === undefined) return []
    const evidence = evidenceOf(url, valid)
    const said = challengeParameter(valid, 'error_description')
    const reason = said === undefined ? '' : ` It says ${shown(said)}.`
    if (isRefused(valid)) return [{ message: `A valid token for AUTH0_AUDIENCE is refused.${reason}`, evidence }]
    if (valid.status === 403) return [lacking(challengeParameter(valid, 'scope'), evidence)]
    if (valid.status < 500) return []
    const what = valid.status === 503 ? 'The API cannot check a valid token now' : 'A valid token ends in an error'
    return [{ message: `${what}: the answer is ${valid.status}.`, evidence }]
  },
}

/** The client may well have less than the route wants. */
function lacking(scope: string | undefined, evidence: string): Finding {
  const wanted = scope === undefined ? 'a right that it does not have' : shown(scope)
  return {
    severity: 'info',
    message: `The token was good, but the route wants ${wanted}: what the route does with enough rights was not seen.`,
    evidence,
    mend: { text: 'Give --url a route that wants less, or the application a grant with more.' },
  }
}
