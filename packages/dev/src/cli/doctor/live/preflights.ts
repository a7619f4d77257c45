import type { Project } from '../project.js'
import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'
import { textOf } from '../syntax/names.js'
import { entryOf, givenValue, objectOf } from '../syntax/objects.js'
import { ask, type LiveAnswer } from './answers.js'

/** What a browser would be told. */
export interface Preflights {
  /** The origin that it would come from. */
  readonly origin: string
  readonly answer: LiveAnswer
  /** To an origin that nobody can have allowed by name. */
  readonly stranger: LiveAnswer
}

export const strangeOrigin = 'https://stranger.invalid'
const usualOrigin = 'http://localhost:5173'

/** Prepares what a browser would ask before it sends a token from another origin. Fetch standard section 4.8. */
export function askPreflights(url: URL, project: Project) {
  const origin = allowedOrigin(project) ?? usualOrigin
  const preflight = (from: string) =>
    ask(url, {
      asked: `OPTIONS from ${from}`,
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })
  return {
    /** For the request itself. */
    origin: { origin },
    answers: async (): Promise<Preflights> => ({
      origin,
      answer: await preflight(origin),
      stranger: await preflight(strangeOrigin),
    }),
  }
}

/** The first origin that the sources allow by name. */
function allowedOrigin({ sources }: Project): string | undefined {
  return sources.flatMap((source) => callsIn(source).flatMap((call) => originsIn(source, call)))[0]
}

function originsIn(source: SourceFile, { parameters }: Call): readonly string[] {
  return parameters.flatMap((parameter) => {
    const option = entryOf(objectOf(source, parameter), 'origin')
    const value = option && givenValue(source, option)
    const text = textOf(value?.type === 'ArrayExpression' ? value.elements[0] : value)
    return text !== undefined && URL.canParse(text) ? [new URL(text).origin] : []
  })
}
