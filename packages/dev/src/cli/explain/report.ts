import { type ClaimSurroundings, meaningOf } from '../../explain/claim-meanings.js'
import type { Check } from '../../explain/finding.js'
import type { JsonObject } from '../../explain/json-part.js'
import { shown, shownUpTo } from '../../explain/words.js'
import type { Terminal } from '../terminal.js'
import { type Headlined, headline } from './headline.js'
import { inReadingOrder } from './reading-order.js'
import { wrapped } from './wrapped.js'

type Colors = Terminal['colors']

interface Reported extends Headlined {
  readonly header: JsonObject | undefined
  readonly claims: JsonObject | undefined
  readonly surroundings: ClaimSurroundings
}

/** The verdict, every check, and every claim. */
export function report(reported: Reported, colors: Colors): string {
  const { checks, header, claims, surroundings } = reported
  const isVerified = checks.some(({ name, verdict }) => name === 'Signature' && verdict === 'passes')
  const note = isVerified ? '' : ', not verified'
  const width = widest(checks.map(({ name }) => name))
  const lines = [
    ...headline(reported, colors),
    '',
    'Every check:',
    ...inReadingOrder(checks).flatMap((check) => checkLines(check, width, colors)),
    ...members(`Header${note}:`, header, { surroundings, colors }),
    ...members(`Claims${note}:`, claims, { surroundings, colors }),
  ]
  return `${lines.join('\n')}\n`
}

const marks: Readonly<Record<Check['verdict'], (colors: Colors) => string>> = {
  passes: ({ green }) => green('✓'),
  fails: ({ red }) => red('✗'),
  note: ({ yellow }) => yellow('!'),
  unknown: ({ yellow }) => yellow('?'),
  open: ({ dim }) => dim('–'),
}

function checkLines({ name, verdict, text, advice, code }: Check, width: number, colors: Colors): string[] {
  const indent = width + 6
  const first = `  ${marks[verdict](colors)} ${name.padEnd(width)}  `
  const lines = wrapped(code === undefined ? text : `${text} (${code})`, { indent, first })
  if (advice === undefined) return lines
  return [...lines, ...wrapped(advice, { indent: indent + 2, first: `${' '.repeat(indent)}${colors.cyan('→')} ` })]
}

const maxValueLength = 1000

function members(
  title: string,
  object: JsonObject | undefined,
  { surroundings, colors }: { readonly surroundings: ClaimSurroundings; readonly colors: Colors },
): string[] {
  if (object === undefined) return []
  const width = widest(Object.keys(object).map((name) => shown(name)))
  const rows = Object.entries(object).flatMap(([name, value]) => [
    ...wrapped(shownUpTo(maxValueLength, value), {
      indent: width + 4,
      first: `  ${colors.bold(shown(name).padEnd(width))}  `,
    }),
    ...wrapped(meaningOf(name, value, surroundings), { indent: width + 4 }).map(colors.dim),
  ])
  return ['', title, ...rows]
}

function widest(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => name.length))
}
