import { badQuery, notHere } from './management-failure.js'

/** The query of a request, all of whose parameters are known. */
export interface Query {
  has(name: string): boolean
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string, fallback: boolean): boolean
  number(name: string, rules: NumberRules): number
}

interface NumberRules {
  readonly fallback: number
  readonly least: number
  readonly most: number
}

export interface QueryRules {
  /** The parameters that an operation looks at, besides `fields` and `include_fields` of every `GET`. */
  readonly known?: readonly string[]
  /** Those that Auth0 has beyond that. */
  readonly notHere?: readonly string[]
}

/** @throws {ManagementFailure} 400 for an unknown parameter, 501 for one that only Auth0 has. */
export function readQuery(url: string, rules: QueryRules): Query {
  const { searchParams } = new URL(url)
  for (const name of searchParams.keys()) {
    if (rules.notHere?.includes(name)) throw notHere(`the query parameter ${name}`)
    if (!rules.known?.includes(name))
      throw badQuery(`Additional properties not allowed: ${name.replace(/[^\w.-]/g, '').slice(0, 100)}`)
  }

  function text(name: string): string | undefined {
    const values = searchParams.getAll(name)
    if (values.length > 1) throw badQuery('Expected one value', name)
    return values[0] || undefined
  }

  return {
    has: (name) => searchParams.has(name),
    text,
    texts: (name) => searchParams.getAll(name),
    flag: (name, fallback) => {
      const value = text(name)
      if (value !== undefined && value !== 'true' && value !== 'false')
        throw badQuery('Expected type boolean but found type string', name)
      return value === undefined ? fallback : value === 'true'
    },
    number: (name, { fallback, least, most }) => {
      const value = text(name)
      if (value === undefined) return fallback
      if (!/^\d{1,9}$/.test(value)) throw badQuery('Expected type integer but found type string', name)
      if (Number(value) < least) throw badQuery(`Value is less than minimum ${least}`, name)
      if (Number(value) > most) throw badQuery(`Value is greater than maximum ${most}`, name)
      return Number(value)
    },
  }
}
