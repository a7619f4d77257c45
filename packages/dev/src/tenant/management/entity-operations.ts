import type * as v from 'valibot'
import type { TenantContext } from '../tenant-context.js'
import { selectFields } from './fields.js'
import { answerList, type ListRules, listQueryRules } from './listing.js'
import type { ManagementFailure } from './management-failure.js'
import type { ManagementRequest, Operation } from './operation.js'

/** Entities of one kind: how they are found, shown, made, changed and removed. */
export interface EntityRules<Entity, Create extends v.GenericSchema, Update extends v.GenericSchema> {
  /** Below `/api/v2`. */
  readonly path: string
  /** The scopes are `read:`, `create:`, `update:` and `delete:` and this. */
  readonly scope: string
  /** Scopes that let their holder read, too. */
  readonly alsoRead?: readonly string[]
  readonly list: ListRules<Entity>
  /** Whether a `DELETE` of what is gone is a success. */
  readonly isGoneDeleted: boolean
  all(request: ManagementRequest): readonly Entity[]
  find(id: string, context: TenantContext): Entity | undefined
  missing(): ManagementFailure
  present(entity: Entity, request: ManagementRequest): object
  readonly create: {
    readonly schema: Create
    readonly status: 200 | 201
    make(given: v.InferOutput<Create>, request: ManagementRequest): Entity
    /** Default: as always. */
    present?(entity: Entity): object
  }
  readonly update: {
    /** By the entity: not all may be changed in all of them. */
    schema(entity: Entity): Update
    change(entity: Entity, given: v.InferOutput<Update>, request: ManagementRequest): Entity
  }
  /** Also what refers to it. */
  remove(entity: Entity, context: TenantContext): void
}

/** The five operations that every collection has. */
export function entityOperations<Entity, Create extends v.GenericSchema, Update extends v.GenericSchema>(
  rules: EntityRules<Entity, Create, Update>,
): readonly Operation[] {
  const { path, scope, alsoRead = [], list, create, update } = rules
  const reading = [`read:${scope}`, ...alsoRead]
  const one = `${path}/:id`

  function found(request: ManagementRequest): Entity {
    const entity = rules.find(request.param('id'), request.context)
    if (entity === undefined) throw rules.missing()
    return entity
  }

  return [
    {
      method: 'GET',
      path,
      scopes: reading,
      query: listQueryRules(list),
      answer: (request) =>
        answerList(rules.all(request), request.query, list, (entity) => rules.present(entity, request)),
    },
    {
      method: 'POST',
      path,
      scopes: [`create:${scope}`],
      status: create.status,
      answer: (request) => {
        const entity = create.make(request.body(create.schema), request)
        return create.present?.(entity) ?? rules.present(entity, request)
      },
    },
    {
      method: 'GET',
      path: one,
      scopes: reading,
      answer: (request) => selectFields(request.query)(rules.present(found(request), request)),
    },
    {
      method: 'PATCH',
      path: one,
      scopes: [`update:${scope}`],
      answer: (request) => {
        const entity = found(request)
        const given = request.body(update.schema(entity))
        return rules.present(update.change(entity, given, request), request)
      },
    },
    {
      method: 'DELETE',
      path: one,
      scopes: [`delete:${scope}`],
      status: 204,
      answer: ({ context, param }) => {
        const entity = rules.find(param('id'), context)
        if (entity !== undefined) rules.remove(entity, context)
        else if (!rules.isGoneDeleted) throw rules.missing()
      },
    },
  ]
}
