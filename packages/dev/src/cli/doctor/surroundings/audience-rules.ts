import { audienceMistake } from '../../project/audience-mistakes.js'
import type { Rule } from '../rule.js'
import { placed, settingsOf, shown } from './settings-of.js'

interface AudienceRule extends Pick<Rule, 'code' | 'mend'> {
  /** By their codes in the table of the mistakes. */
  readonly mistakes: readonly string[]
  /** What comes of it, behind the mistake. */
  readonly effect: string
}

const rows: readonly AudienceRule[] = [
  {
    code: 'audience-is-client-id',
    mistakes: ['client_id'],
    effect: 'no access token for an API has that audience',
    mend: {
      text: "Set AUTH0_AUDIENCE to the identifier of the API (Dashboard: Applications > APIs). An application's client id is no audience.",
      command: 'npx sallyport init',
    },
  },
  {
    code: 'audience-is-api-id',
    mistakes: ['api_id'],
    effect: 'tokens carry the identifier',
    mend: { text: 'Copy the Identifier of the API (Dashboard: Applications > APIs), not its Id.' },
  },
  {
    code: 'audience-reserved',
    mistakes: ['management', 'userinfo_endpoint', 'domain', 'dashboard'],
    effect: 'its tokens are not for your API',
    mend: {
      text: 'Create an API of your own (Dashboard: Applications > APIs), and set AUTH0_AUDIENCE to its identifier.',
      command: 'npx sallyport init',
    },
  },
  {
    code: 'audience-format',
    mistakes: ['placeholder', 'quotes', 'whitespace', 'list'],
    effect: 'no token has that audience',
    mend: { text: 'Copy the identifier of the API as it is: it is compared character by character.' },
  },
]

/** The mistakes in an audience that `init` asks about, where they stand already. */
export const audienceRules: readonly Rule[] = rows.map(ruleOf)

function ruleOf({ code, mistakes, effect, mend }: AudienceRule): Rule {
  return {
    code,
    severity: 'error',
    mend,
    docs: 'docs/quickstart.md',
    check: (project) => {
      const { AUTH0_DOMAIN: domain, AUTH0_CLIENT_ID: clientId } = project.environment
      return settingsOf(project, 'AUTH0_AUDIENCE').flatMap((setting) => {
        const mistake = audienceMistake(setting.value, { domain, clientId })
        if (mistake === undefined || !mistakes.includes(mistake.code)) return []
        const message = `${setting.name} ${mistake.what}: ${effect}.`
        return [{ ...placed(setting), message, evidence: `AUTH0_AUDIENCE=${shown(setting.value)}` }]
      })
    },
  }
}
