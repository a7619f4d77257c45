import type { Terminal } from '../terminal.js'
import { type Reported, whereOf } from './examine.js'
import type { Severity } from './rule.js'

type Colors = Terminal['colors']

export interface Report {
  readonly findings: readonly Reported[]
  /** Such as `14 source files`. */
  readonly lookedAt: readonly string[]
  readonly notLookedAt: readonly string[]
  /** What `--fix` has to say. */
  readonly mended: readonly string[]
}

const severities = ['error', 'warning', 'info'] as const

const headings: Readonly<Record<Severity, (count: number) => string | undefined>> = {
  error: (count) => counted(count, 'error'),
  warning: (count) => counted(count, 'warning'),
  info: (count) => (count === 0 ? undefined : `${count} for information`),
}

function counted(count: number, noun: string): string | undefined {
  return count === 0 ? undefined : `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** For people, whole lines. */
export function reportText(report: Report, colors: Colors): string {
  const { findings, lookedAt, notLookedAt, mended } = report
  const parts = [
    mended.map((line) => `${colors.green('✓')} ${line}`).join('\n'),
    ...severities.map((severity) => section(severity, findings, colors)),
    [...conclusion(report, colors), lookedAtLine(lookedAt), ...notLookedAtLines(notLookedAt, colors)]
      .filter((line) => line !== '')
      .join('\n'),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** For programs. */
export function reportData({ findings, notLookedAt, mended }: Report) {
  return {
    findings: findings.map(({ code, severity, message, place, evidence, mend, docs, repair }) => ({
      code,
      severity,
      message,
      where: place && whereOf(place),
      evidence,
      fix: { ...mend, automatic: repair !== undefined },
      docs,
    })),
    summary: {
      errors: countOf('error', findings),
      warnings: countOf('warning', findings),
      infos: countOf('info', findings),
    },
    notLookedAt,
    mended,
  }
}

export function countOf(severity: Severity, findings: readonly Reported[]): number {
  return findings.filter((finding) => finding.severity === severity).length
}

function section(severity: Severity, findings: readonly Reported[], colors: Colors): string {
  const own = findings.filter((finding) => finding.severity === severity)
  const heading = headings[severity](own.length)
  if (heading === undefined) return ''
  const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan }[severity]
  const kindOf = ({ code, mend }: Reported) => `${code} ${mend.text} ${mend.command}`
  const groups = [...new Set(own.map(kindOf))].map((kind) => own.filter((finding) => kindOf(finding) === kind))
  return [colors.bold(paint(heading)), ...groups.map((group) => groupText(group, paint, colors))].join('\n\n')
}

/** One mistake with all its places, and its mend once. */
function groupText(group: readonly Reported[], paint: Colors['red'], colors: Colors): string {
  const [{ code, mend, docs } = { code: '', mend: { text: '' }, docs: undefined }] = group
  const lines = [
    `${paint('●')} ${colors.bold(code)}`,
    ...group.flatMap(({ place, message, evidence }) => [
      `    ${place === undefined ? message : `${colors.underline(whereOf(place))}  ${message}`}`,
      ...(evidence === undefined ? [] : [colors.dim(`      ${evidence}`)]),
    ]),
    `    ${colors.green('→')} ${mend.text}`,
    ...(mend.command === undefined ? [] : [`      ${colors.bold(mend.command)}`]),
    ...(docs === undefined ? [] : [colors.dim(`      ${docs}`)]),
  ]
  return lines.join('\n')
}

function conclusion({ findings, lookedAt }: Report, colors: Colors): readonly string[] {
  if (lookedAt.length === 0) return ['There is nothing to look at here.']
  if (findings.length === 0) return [`${colors.green('✓')} No mistakes found.`]
  const counts = severities.flatMap((severity) => headings[severity](countOf(severity, findings)) ?? [])
  const repairable = findings.filter(({ repair }) => repair !== undefined).length
  const offer = `${colors.bold('sallyport doctor --fix')} mends ${repairable} of them.`
  return [`Found ${counts.join(', ')}.`, ...(repairable === 0 ? [] : [offer])]
}

function lookedAtLine(lookedAt: readonly string[]): string {
  return lookedAt.length === 0 ? '' : `Looked at: ${lookedAt.join(', ')}.`
}

function notLookedAtLines(notLookedAt: readonly string[], colors: Colors): readonly string[] {
  return notLookedAt.length === 0 ? [] : [colors.dim(`Not looked at: ${notLookedAt.join('; ')}.`)]
}
