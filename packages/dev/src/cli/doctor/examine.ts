import type { Project } from './project.js'
import type { Finding, Mend, Place, Rule, Severity } from './rule.js'
import { silencedIn } from './silence.js'

/** A finding with all that its rule says about it. */
export interface Reported extends Finding {
  readonly code: string
  readonly severity: Severity
  readonly mend: Mend
  readonly docs?: string
}

export interface Examination {
  /** The worst first, then by place. */
  readonly findings: readonly Reported[]
  /** Rules that could not do their work. */
  readonly failed: readonly string[]
}

export async function examine(project: Project, rules: readonly Rule[]): Promise<Examination> {
  const failed: string[] = []
  const found = await Promise.all(
    rules.map(async (rule) => {
      try {
        return (await rule.check(project)).map((finding) => reported(rule, finding))
      } catch (error) {
        failed.push(`${rule.code}: ${error instanceof Error ? error.message : 'it failed'}`)
        return []
      }
    }),
  )
  const isSilenced = silencedIn(project)
  const heard = found.flat().filter(({ code, place }) => !isSilenced(code, place))
  return { findings: distinct(heard).sort(byWeight), failed }
}

function reported({ code, severity, mend, docs }: Rule, finding: Finding): Reported {
  return { code, severity, mend, ...(docs === undefined ? {} : { docs }), ...finding }
}

/** @returns `src/app.ts:3:5` */
export function whereOf(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`
}

function distinct(findings: readonly Reported[]): Reported[] {
  const key = ({ code, place, message }: Reported) => [code, place ? whereOf(place) : '', message].join(' ')
  return [...new Map(findings.map((finding) => [key(finding), finding])).values()]
}

const weights: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 }

function byWeight(one: Reported, other: Reported): number {
  return weights[one.severity] - weights[other.severity] || byPlace(one.place, other.place)
}

function byPlace(one: Place | undefined, other: Place | undefined): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined)
  if (one.file !== other.file) return one.file < other.file ? -1 : 1
  return one.line - other.line || one.column - other.column
}
