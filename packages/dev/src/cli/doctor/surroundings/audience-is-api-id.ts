import type { Rule } from '../rule.js'
import { placed, settingsOf, shown } from './settings-of.js'

/** The dashboard shows an id beside the identifier of an API. */
export const audienceIsApiId: Rule = {
  code: 'audience-is-api-id',
  severity: 'error',
  mend: {
    text: 'Copy the Identifier of the API (Dashboard: Applications > APIs), not its Id.',
  },
  docs: 'docs/quickstart.md',
  check: (project) =>
    settingsOf(project, 'AUTH0_AUDIENCE')
      .filter(({ value }) => /^[0-9a-f]{24}$/.test(value))
      .map((setting) => ({
        ...placed(setting),
        message: `${setting.name} looks like the id of an API, not like its identifier: tokens carry the identifier.`,
        evidence: `AUTH0_AUDIENCE=${shown(setting.value)}`,
      })),
}
