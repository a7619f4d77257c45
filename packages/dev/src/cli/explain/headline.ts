import type { Check } from '../../explain/finding.js'
import type { Terminal } from '../terminal.js'
import { answerOf, docsOf } from './explain-code.js'
import type { Verdict } from './verdict.js'
import { wrapped } from './wrapped.js'

export interface Headlined {
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  readonly audience: string | undefined
  /** Whether somebody has said what the route asks for. */
  readonly hasRoute: boolean
}

type Colors = Terminal['colors']

/** What it comes to, and the mend. */
export function headline(headlined: Headlined, colors: Colors): string[] {
  const { verdict, audience = 'An API' } = headlined
  const { because, code } = verdict
  const mark = (sign: string) => ({ indent: 2, first: `${sign} ` })
  if (because !== undefined && code !== undefined) {
    const { status, error } = answerOf(code)
    return [
      ...wrapped(`${audience} refuses this token. ${because.name}: ${because.text}`, mark(colors.red('✗'))).map(
        colors.bold,
      ),
      ...arrows([because], colors),
      colors.dim(`  An API answers ${status} ${error} · ${code} · ${docsOf(code)}`),
    ]
  }
  if (verdict.kind === 'accepted')
    return [
      ...wrapped(`${audience} takes this token.`, mark(colors.green('✓'))).map(colors.bold),
      ...(headlined.hasRoute
        ? []
        : wrapped('Whether a route lets it in depends on what the route asks for: --scope.', mark(' '))),
    ]
  const left = headlined.checks.filter(({ name }) => verdict.left.includes(name))
  return [
    ...wrapped(`Nothing is wrong so far. Not checked: ${verdict.left.join(', ')}.`, mark(colors.yellow('?'))).map(
      colors.bold,
    ),
    ...arrows(left, colors),
  ]
}

/** Each mend once. */
function arrows(checks: readonly Check[], colors: Colors): string[] {
  const mends = new Set(checks.map(({ advice }) => advice).filter((advice) => advice !== undefined))
  return [...mends].flatMap((advice) => wrapped(advice, { indent: 4, first: `  ${colors.cyan('→')} ` }))
}
