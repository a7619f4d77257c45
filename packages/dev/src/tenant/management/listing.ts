import { fieldParameters, selectFields } from './fields.js'
import { badQuery } from './management-failure.js'
import type { Query, QueryRules } from './query.js'

type Filter<Item> = (item: Item, wanted: string, query: Query) => boolean

/** How a list is asked for, and answered. */
export interface ListRules<Item> {
  /** The member that has the list, where an answer is an object. */
  readonly key: string
  /** Whether there are checkpoints (`take`, `from`, `next`) besides offsets (`page`, `per_page`, `include_totals`). */
  readonly pagination: 'offset' | 'checkpoint'
  /** By their query parameters. */
  readonly filters?: Readonly<Record<string, Filter<Item>>>
  /** Parameters that change nothing. */
  readonly ignored?: readonly string[]
  readonly notHere?: readonly string[]
  readonly isSortable?: boolean
}

const maxItems = 100

export function listQueryRules<Item>(rules: ListRules<Item>): QueryRules {
  return {
    known: [
      ...fieldParameters,
      ...['page', 'per_page', 'include_totals'],
      ...(rules.pagination === 'checkpoint' ? ['take', 'from'] : []),
      ...(rules.isSortable === true ? ['sort'] : []),
      ...Object.keys(rules.filters ?? {}),
      ...(rules.ignored ?? []),
    ],
    notHere: rules.notHere ?? [],
  }
}

/**
 * @param present Makes of an item what is answered; it has an `id` or a `user_id` where there are checkpoints.
 * @returns A bare list, or an object with one.
 * @throws {ManagementFailure} 400
 */
export function answerList<Item>(
  items: readonly Item[],
  query: Query,
  rules: ListRules<Item>,
  present: (item: Item) => object,
): object {
  const filters = Object.entries(rules.filters ?? {}).flatMap(([name, filter]) => {
    const wanted = query.text(name)
    return wanted === undefined ? [] : [(item: Item) => filter(item, wanted, query)]
  })
  const found = items.filter((item) => filters.every((filter) => filter(item))).map(present)
  const sorted = rules.isSortable === true ? sortBy(found, query.text('sort')) : found
  const byCheckpoint = rules.pagination === 'checkpoint' && (query.has('take') || query.has('from'))
  return byCheckpoint ? fromCheckpoint(sorted, query, rules.key) : fromOffset(sorted, query, rules.key)
}

function fromOffset(items: readonly object[], query: Query, key: string): object {
  const limit = query.number('per_page', { fallback: 50, least: 0, most: maxItems })
  const start = limit * query.number('page', { fallback: 0, least: 0, most: 1e6 })
  const page = items.slice(start, start + limit).map(selectFields(query))
  return query.flag('include_totals', false) ? { start, limit, total: items.length, [key]: page } : page
}

/** A checkpoint is the item that comes next, so that those before it can be deleted on the way. */
function fromCheckpoint(items: readonly object[], query: Query, key: string): object {
  const take = query.number('take', { fallback: 50, least: 1, most: maxItems })
  const from = query.text('from')
  const start = from === undefined ? 0 : items.findIndex((item) => checkpointOf(item) === from)
  if (start < 0) throw badQuery('The checkpoint is not known', 'from')
  const following = items[start + take]
  return {
    [key]: items.slice(start, start + take).map(selectFields(query)),
    ...(following === undefined ? {} : { next: checkpointOf(following) }),
  }
}

function checkpointOf(item: object): string {
  const { id, user_id } = item as { id?: string; user_id?: string }
  return Buffer.from(id ?? user_id ?? '').toString('base64url')
}

function sortBy(items: readonly object[], sort: string | undefined): readonly object[] {
  if (sort === undefined) return items
  const [, name = '', direction] = /^(\w+):(-?1)$/.exec(sort) ?? []
  if (name === '') throw badQuery('Expected field:1 or field:-1', 'sort')
  const textOf = (item: object) => String((item as Record<string, unknown>)[name] ?? '')
  return items.toSorted((one, other) => Number(direction) * textOf(one).localeCompare(textOf(other), 'en'))
}
