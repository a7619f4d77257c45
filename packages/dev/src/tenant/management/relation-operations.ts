import type * as v from 'valibot'
import { answerList, type ListRules, listQueryRules } from './listing.js'
import type { ManagementRequest, Operation } from './operation.js'

/** A list that belongs to an entity, such as the roles of a user. */
export interface RelationRules<Item, Schema extends v.GenericSchema> {
  /** Below `/api/v2`. */
  readonly path: string
  readonly list: ListRules<Item>
  readonly scopes: {
    readonly read: readonly string[]
    readonly add: readonly string[]
    readonly remove: readonly string[]
  }
  all(request: ManagementRequest): readonly Item[]
  present(item: Item, request: ManagementRequest): object
  /** What both `POST` and `DELETE` send. */
  readonly schema: Schema
  /** What a `POST` is answered with. */
  readonly addedStatus: 200 | 201 | 204
  add(given: v.InferOutput<Schema>, request: ManagementRequest): void
  remove(given: v.InferOutput<Schema>, request: ManagementRequest): void
}

export function relationOperations<Item, Schema extends v.GenericSchema>(
  rules: RelationRules<Item, Schema>,
): readonly Operation[] {
  const { path, list, scopes, schema, addedStatus } = rules
  return [
    {
      method: 'GET',
      path,
      scopes: scopes.read,
      query: listQueryRules(list),
      answer: (request) => answerList(rules.all(request), request.query, list, (item) => rules.present(item, request)),
    },
    {
      method: 'POST',
      path,
      scopes: scopes.add,
      status: addedStatus,
      answer: (request) => {
        rules.add(request.body(schema), request)
        return {}
      },
    },
    {
      method: 'DELETE',
      path,
      scopes: scopes.remove,
      status: 204,
      answer: (request) => rules.remove(request.body(schema), request),
    },
  ]
}
