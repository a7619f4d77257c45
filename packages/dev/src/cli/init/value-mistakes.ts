import type { ValueMistake } from './questions.js'

/** A mistake that people make when they copy a value. */
export interface Pattern {
  readonly code: string
  readonly matches: (value: string) => boolean
  readonly message: string
  /** What was meant, where a copy can be put right without guessing. */
  readonly mend?: (value: string) => string
}

/** The first mistake, and what is right when all that can be mended are. */
export function firstMistake(patterns: readonly Pattern[], value: string): ValueMistake | undefined {
  const mistake = patterns.find(({ matches }) => matches(value))
  if (mistake === undefined) return undefined
  const correction = mended(patterns, value)
  return { code: mistake.code, message: mistake.message, ...(correction === undefined ? {} : { correction }) }
}

function mended(patterns: readonly Pattern[], value: string): string | undefined {
  const mistake = patterns.find(({ matches }) => matches(value))
  if (mistake === undefined) return value
  const next = mistake.mend?.(value)
  return next === undefined || next === value ? undefined : mended(patterns, next)
}

/** What goes for both values. */
export function commonPatterns(what: string): readonly Pattern[] {
  return [
    { code: 'empty', matches: (value) => value === '', message: `The ${what} is missing.` },
    {
      code: 'quotes',
      matches: (value) => /['"`]/.test(value),
      message: `The ${what} has quotes around it. They are not part of it.`,
      mend: (value) => value.replaceAll(/^['"`]+|['"`]+$/g, ''),
    },
    {
      code: 'whitespace',
      matches: (value) => /[\s\p{Cc}]/u.test(value),
      message: `The ${what} has a space in it, or another character that cannot be seen.`,
      mend: (value) => value.trim(),
    },
    {
      code: 'placeholder',
      matches: (value) => /[<>{}]|^(?:https?:\/\/)?your-(?:tenant|domain|api)/i.test(value),
      message: `That is the placeholder of an example. Put your own ${what} in its place.`,
    },
  ]
}

/** An id of 32 letters and digits, as Auth0 gives to applications. */
export const clientId: RegExp = /^[A-Za-z0-9]{32}$/

/** `user:password@` in front of a host. */
export function hasUserinfo(value: string): boolean {
  return /^(?:https?:\/\/)?[^/?#]*@/i.test(value)
}
