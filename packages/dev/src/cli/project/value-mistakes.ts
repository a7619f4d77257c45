/** A mistake that people make when they copy a value. */
export interface Mistake {
  readonly code: string
  readonly matches: (value: string) => boolean
  /** For who is typing it. */
  readonly message: string
  /** For who reads about it: completes the sentence "AUTH0_DOMAIN …". */
  readonly what: string
  /** What was meant, where a copy can be put right without guessing. */
  readonly mend?: (value: string) => string
}

/** A mistake in a value, and what is right when all that can be mended are. */
export type FoundMistake = Omit<Mistake, 'matches' | 'mend'> & { readonly correction?: string }

/** The first of a table that is in the value. */
export function firstMistake(mistakes: readonly Mistake[], value: string): FoundMistake | undefined {
  const mistake = mistakes.find(({ matches }) => matches(value))
  if (mistake === undefined) return undefined
  const { code, message, what } = mistake
  const correction = mended(mistakes, value)
  return { code, message, what, ...(correction === undefined ? {} : { correction }) }
}

function mended(mistakes: readonly Mistake[], value: string): string | undefined {
  const mistake = mistakes.find(({ matches }) => matches(value))
  if (mistake === undefined) return value
  const next = mistake.mend?.(value)
  return next === undefined || next === value ? undefined : mended(mistakes, next)
}

/** What goes for both values. @param hint What the value is, and where to find it. */
export function commonMistakes(name: 'domain' | 'audience', hint: string): readonly Mistake[] {
  return [
    { code: 'empty', matches: (value) => value === '', message: `The ${name} is missing.`, what: 'is empty' },
    {
      code: 'quotes',
      matches: (value) => /['"`]/.test(value),
      message: `The ${name} has quotes around it. They are not part of it.`,
      what: 'has a quote in it',
      mend: (value) => value.replaceAll(/^['"`]+|['"`]+$/g, ''),
    },
    {
      code: 'whitespace',
      matches: (value) => /[\s\p{Cc}]/u.test(value),
      message: `The ${name} has a space in it, or another character that cannot be seen.`,
      what: 'has white space in it',
      mend: (value) => value.trim(),
    },
    {
      code: 'placeholder',
      matches: (value) => placeholder.test(value),
      message: `That is the placeholder of an example. Put your own ${name} in its place.`,
      what: 'still is a placeholder',
    },
    {
      code: 'userinfo',
      matches: (value) => /^(?:https?:\/\/)?[^/?#]*@/i.test(value),
      message: `The ${name} has a user name, and maybe a password, in it. ${hint}`,
      what: 'has a user name, and maybe a password, in it',
    },
    {
      code: 'dashboard',
      matches: (value) => dashboard.test(value),
      message: `That is the address of the Dashboard. ${hint}`,
      what: "is the address of Auth0's Dashboard",
    },
  ]
}

/** What documentation writes where a reader's own is meant. */
const placeholder = /your[-_ ]?(?:tenant|domain|auth0|api)|[<>{}]|^change-?me$|^todo$|^x{3,}$/i

const dashboard = /(?:^|\/\/)manage\.auth0\.com/i
