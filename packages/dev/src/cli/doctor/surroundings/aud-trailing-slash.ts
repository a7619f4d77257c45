import { differsBySlash } from '../../project/audience-slash.js'
import type { Rule } from '../rule.js'
import { envPlace, settingsOf, shown } from './settings-of.js'

/** Two variables of one `.env` that mean the same API, and differ by a slash: one of them is wrong. */
export const audTrailingSlash: Rule = {
  code: 'aud-trailing-slash',
  severity: 'error',
  mend: { text: 'Spell both as the identifier of the API is spelled: a slash at the end counts.' },
  docs: 'docs/errors.md',
  check: (project) => {
    const own = settingsOf(project, 'AUTH0_AUDIENCE').map(({ value }) => value)
    const others = (project.envFile?.variables ?? []).filter(
      ({ name }) => name !== 'AUTH0_AUDIENCE' && /AUDIENCE|API_IDENTIFIER/i.test(name),
    )
    return others
      .filter(({ value }) => own.some((audience) => differsBySlash(audience, value)))
      .map(({ name, value, line }) => ({
        place: envPlace(line),
        message: `${name} and AUTH0_AUDIENCE differ by the slash at the end: tokens for the one are refused by the other.`,
        evidence: `${name}=${shown(value)}`,
      }))
  },
}
