import type { Rule } from '../rule.js'
import { placed, settingsOf, shown } from './settings-of.js'

/** An application has a client id; an API has an identifier. */
export const audienceIsClientId: Rule = {
  code: 'audience-is-client-id',
  severity: 'error',
  mend: {
    text: "Set AUTH0_AUDIENCE to the identifier of the API (Dashboard: Applications > APIs). An application's client id is no audience.",
    command: 'npx sallyport init',
  },
  docs: 'docs/quickstart.md',
  check: (project) =>
    settingsOf(project, 'AUTH0_AUDIENCE').flatMap((setting) => {
      const isOwn = setting.value === project.environment['AUTH0_CLIENT_ID']
      if (!isOwn && !looksLikeClientId(setting.value)) return []
      const what = isOwn ? 'is AUTH0_CLIENT_ID' : 'looks like the client id of an application'
      return [
        {
          ...placed(setting),
          message: `${setting.name} ${what}: no access token for an API has that audience.`,
          evidence: `AUTH0_AUDIENCE=${shown(setting.value)}`,
        },
      ]
    }),
}

/** 32 letters and digits, mixed: a word of 32 letters may be somebody's identifier. */
function looksLikeClientId(value: string): boolean {
  return /^[A-Za-z0-9]{32}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value)
}
