import type { Query } from './query.js'

/** What every `GET` takes. */
export const fieldParameters: readonly string[] = ['fields', 'include_fields']

/** Leaves in an object what `fields` names, or leaves that out with `include_fields=false`. */
export function selectFields(query: Query): (item: object) => object {
  const fields = query.text('fields')?.split(',')
  const isIncluded = query.flag('include_fields', true)
  if (fields === undefined) return (item) => item
  return (item) => Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name) === isIncluded))
}
