import * as v from 'valibot'
import type { UserPermission } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { missing } from './management-failure.js'
import { text } from './payload-types.js'
import { apiWith } from './resource-servers.js'

/** What gives permissions to a user or a role, and takes them away. */
export const permissionsSchema = v.strictObject({
  permissions: v.pipe(
    v.array(v.strictObject({ resource_server_identifier: text, permission_name: text })),
    v.nonEmpty('Array is too short'),
  ),
})

export function presentPermission(permission: UserPermission, context: TenantContext): object {
  const api = apiWith(permission.resource_server_identifier, context)
  const scope = api?.scopes.find(({ value }) => value === permission.permission_name)
  return { ...permission, resource_server_name: api?.name ?? '', description: scope?.description ?? '' }
}

/** @throws {ManagementFailure} 404 for an API or a permission that does not exist. */
export function withPermissions(
  kept: readonly UserPermission[],
  added: readonly UserPermission[],
  context: TenantContext,
): readonly UserPermission[] {
  for (const { resource_server_identifier, permission_name } of added) {
    const api = apiWith(resource_server_identifier, context)
    if (api === undefined) throw missing.resourceServer()
    if (!api.scopes.some(({ value }) => value === permission_name)) throw missing.permission()
  }
  return [...withoutPermissions(kept, added), ...added.filter((one, index) => added.findIndex(sameAs(one)) === index)]
}

export function withoutPermissions(
  kept: readonly UserPermission[],
  removed: readonly UserPermission[],
): readonly UserPermission[] {
  return kept.filter((one) => !removed.some(sameAs(one)))
}

function sameAs(one: UserPermission): (other: UserPermission) => boolean {
  return (other) =>
    one.resource_server_identifier === other.resource_server_identifier && one.permission_name === other.permission_name
}
