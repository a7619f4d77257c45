import { didYouMean } from '../suggestion.js'
import type { Project } from './project.js'
import type { Finding, Place, Rule } from './rule.js'

/** A comment that asks for a rule to be silent. */
interface Silence {
  readonly place: Place
  readonly codes: readonly string[]
  readonly reason: string | undefined
  /** Of the file as a whole where it is not said. */
  readonly line: number | undefined
}

const request =
  /doctor-disable-(next-line|file)\b[ \t]*((?:[a-z][\w-]*)?(?:[ \t]*,[ \t]*[a-z][\w-]*)*)(?:[ \t]+--[ \t]*(\S[^\n]*))?/

/** Whether a comment with a reason stands above what was found. */
export function silencedIn(project: Project): (code: string, place: Place | undefined) => boolean {
  const silences = silencesIn(project).filter(({ reason }) => reason !== undefined)
  return (code, place) =>
    silences.some(
      (silence) =>
        silence.place.file === place?.file &&
        silence.codes.includes(code) &&
        (silence.line ?? place.line) === place.line,
    )
}

/** @param codes All that there are. */
export function silenceRules(codes: readonly string[]): readonly Rule[] {
  return [
    {
      code: 'silence-without-reason',
      severity: 'warning',
      mend: { text: 'Say which rule, and why it is wrong here: // doctor-disable-next-line CODE -- reason' },
      check: (project) =>
        silencesIn(project)
          .filter(({ reason, codes: named }) => reason === undefined || named.length === 0)
          .map(({ place }) => ({ place, message: 'This comment silences nothing: it needs a code and a reason.' })),
    },
    {
      code: 'silence-unknown-code',
      severity: 'warning',
      mend: { text: 'Take the comment away, or mend the code in it.' },
      check: (project) => silencesIn(project).flatMap((silence) => unknownCodes(silence, codes)),
    },
  ]
}

function unknownCodes({ place, codes: named }: Silence, codes: readonly string[]): readonly Finding[] {
  return named
    .filter((code) => !codes.includes(code))
    .map((code) => ({ place, message: `There is no rule "${code.slice(0, 40)}".${didYouMean(code, codes)}` }))
}

function silencesIn({ sources, envFile }: Project): readonly Silence[] {
  const ofSources = sources.flatMap(({ file, tree }) =>
    (tree.comments ?? []).flatMap(({ value, loc }) =>
      loc ? silenceOf(value, { file, line: loc.start.line, column: loc.start.column + 1 }, loc.end.line) : [],
    ),
  )
  const ofEnvFile = (envFile?.text ?? '')
    .split(/\r?\n/)
    .flatMap((text, index) =>
      /^\s*#/.test(text) ? silenceOf(text, { file: '.env', line: index + 1, column: 1 }, index + 1) : [],
    )
  return [...ofSources, ...ofEnvFile]
}

function silenceOf(comment: string, place: Place, lastLine: number): readonly Silence[] {
  const [, scope, codes = '', reason] = request.exec(comment) ?? []
  if (scope === undefined) return []
  const named = codes.split(',').map((code) => code.trim())
  return [{ place, codes: named.filter(Boolean), reason, line: scope === 'file' ? undefined : lastLine + 1 }]
}
