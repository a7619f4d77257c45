import type { Auth } from 'sallyport'
import type * as v from 'valibot'
import type { TenantContext } from '../tenant-context.js'
import type { Query, QueryRules } from './query.js'

/** A request that is allowed, and whose query is in order. */
export interface ManagementRequest {
  readonly context: TenantContext
  readonly auth: Auth
  readonly query: Query
  /** A part of the path. */
  param(name: string): string
  /** @throws {ManagementFailure} 400 */
  body<const Schema extends v.GenericSchema>(schema: Schema): v.InferOutput<Schema>
}

/** One thing that the Management API does. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below `/api/v2`. */
  readonly path: string
  /** A token needs one of these. */
  readonly scopes: readonly string[]
  /** Default none but those of every `GET`. */
  readonly query?: QueryRules
  /** Default 200. A 204 has no body. */
  readonly status?: 200 | 201 | 204
  /**
   * @returns The body of the answer.
   * @throws {ManagementFailure}
   */
  answer(request: ManagementRequest): unknown
}
