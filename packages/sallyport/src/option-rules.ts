import { InvalidOptions } from './errors.js'

export interface OptionRule {
  accepts(value: unknown): boolean
  /** Completes the sentence "It takes …". */
  readonly wants: string
}

/** @throws {InvalidOptions} on a value that is not an object, an unknown name, or a value that its rule does not accept. */
export function checked<Options extends object>(
  prefix: string,
  given: unknown,
  rules: Readonly<Record<keyof Options & string, OptionRule>>,
): Options {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidOptions('options', `Options are an object, not ${describe(given)}.`)
  }
  for (const [name, value] of Object.entries(given)) {
    const option = `${prefix}${name}`
    if (!isKnown(name, rules))
      throw new InvalidOptions(option, `There is no option "${option}".${suggestion(name, Object.keys(rules), prefix)}`)
    // An option that is undefined is an option that was left out: `domain: process.env.AUTH0_DOMAIN` falls back to the default.
    if (value !== undefined && !rules[name].accepts(value)) {
      throw new InvalidOptions(option, `Option "${option}" is ${describe(value)}. It takes ${rules[name].wants}.`)
    }
  }
  // Own members only, as they are now: what was not checked is not read.
  return Object.assign(Object.create(null), given)
}

function isKnown<Name extends string>(name: string, rules: Readonly<Record<Name, OptionRule>>): name is Name {
  return Object.hasOwn(rules, name)
}

/** The kind of a value, never the value: options hold secrets too. */
function describe(value: unknown): string {
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'string') return 'a string that is not allowed here'
  if (typeof value === 'number') return 'a number that is not allowed here'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function suggestion(name: string, known: readonly string[], prefix: string): string {
  const similar = known.find(
    (one) => one.toLowerCase() === name.toLowerCase() || one.startsWith(name) || name.startsWith(one),
  )
  return similar === undefined ? ` Known: ${known.join(', ')}.` : ` Did you mean "${prefix}${similar}"?`
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText)
}

export function oneOf(...values: readonly string[]): (value: unknown) => boolean {
  return (value) => values.some((one) => one === value)
}

export function numberBetween(least: number, most: number): (value: unknown) => boolean {
  return (value) => typeof value === 'number' && value >= least && value <= most
}
