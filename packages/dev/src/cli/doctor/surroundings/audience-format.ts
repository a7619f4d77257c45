import type { Rule } from '../rule.js'
import { isPlaceholder } from './placeholder.js'
import { placed, settingsOf, shown } from './settings-of.js'

interface Spoilt {
  is(value: string): boolean
  /** Completes the sentence "AUTH0_AUDIENCE …". */
  readonly what: string
}

const spoilt: readonly Spoilt[] = [
  { is: isPlaceholder, what: 'still is a placeholder' },
  { is: (value) => /["'`]/.test(value), what: 'has a quote in it' },
  { is: (value) => /^\s|\s$/.test(value), what: 'has white space around it' },
  { is: (value) => /[,\s]\s*https?:\/\//.test(value), what: 'is a list, but is read as one identifier' },
]

/** What got into the value by copying. */
export const audienceFormat: Rule = {
  code: 'audience-format',
  severity: 'error',
  mend: { text: 'Copy the identifier of the API as it is: it is compared character by character.' },
  docs: 'docs/quickstart.md',
  check: (project) =>
    settingsOf(project, 'AUTH0_AUDIENCE').flatMap((setting) => {
      const found = spoilt.find(({ is }) => is(setting.value))
      if (found === undefined) return []
      const message = `${setting.name} ${found.what}: no token has that audience.`
      return [{ ...placed(setting), message, evidence: `AUTH0_AUDIENCE=${shown(setting.value)}` }]
    }),
}
