import type { Node } from '@babel/types'
import type { Project } from '../project.js'
import type { Place, Rule, Severity } from '../rule.js'
import { factoriesIn } from '../server/factories.js'
import { textOf } from '../syntax/names.js'
import { entryOf, givenValue } from '../syntax/objects.js'
import { type Api, knownApi } from './inventory.js'

type Policy = 'none' | 'allowed' | 'required'

interface Mismatch {
  /** What the option `dpop` says. */
  readonly mode: string
  /** What the API in the tenant says. */
  readonly policy: Policy
  readonly severity: Severity
  readonly message: string
  readonly mend: string
}

/** AUTH0: a proof at the token endpoint binds a token only where the API allows it. */
const mismatches: readonly Mismatch[] = [
  {
    mode: 'required',
    policy: 'none',
    severity: 'error',
    message: "dpop is 'required' here, and the API in the tenant does not bind tokens: every token is refused.",
    mend: 'Turn on sender constraining with DPoP for the API (Dashboard: Applications > APIs > Settings).',
  },
  {
    mode: 'disabled',
    policy: 'required',
    severity: 'error',
    message: "dpop is 'disabled' here, and the API in the tenant binds every token: every token is refused.",
    mend: "Leave the option 'dpop' out, or set it to 'required'.",
  },
  {
    mode: 'disabled',
    policy: 'allowed',
    severity: 'warning',
    message:
      "dpop is 'disabled' here, and the API in the tenant binds tokens for clients that send a proof: those are refused.",
    mend: "Leave the option 'dpop' out: both kinds are accepted then.",
  },
]

export const dpopModeMismatch: Rule = {
  code: 'dpop-mode-mismatch',
  severity: 'error',
  mend: { text: "Let the option 'dpop' and the API in the tenant say the same." },
  docs: 'docs/dpop.md',
  check: async (project) => {
    const api = await knownApi(project)
    if (api === undefined) return []
    const policy = policyOf(api)
    return modesIn(project).flatMap(({ mode, place }) =>
      mismatches
        .filter((row) => row.mode === mode && row.policy === policy)
        .map(({ severity, message, mend }) => ({ place, severity, message, mend: { text: mend } })),
    )
  },
}

function policyOf({ proof_of_possession: policy }: Api): Policy {
  if (policy?.mechanism !== 'dpop') return 'none'
  return policy.required ? 'required' : 'allowed'
}

function modesIn({ sources }: Project): readonly { readonly mode: string; readonly place: Place }[] {
  return sources.flatMap((source) =>
    factoriesIn(source).flatMap(({ isSallyport, options }) => {
      if (!isSallyport || typeof options !== 'object') return []
      const given = entryOf(options, 'dpop')
      const option = given && givenValue(source, given)
      const said: Node | undefined = option?.type === 'ObjectExpression' ? entryOf(option, 'mode') : option
      const mode = textOf(said)
      return mode === undefined || said === undefined ? [] : [{ mode, place: source.placeOf(said) }]
    }),
  )
}
