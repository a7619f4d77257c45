import type { FC } from 'hono/jsx'
import type { ResourceServer, UserPermission } from '../model.js'
import { Choices } from './choices.js'
import { filledWith, type Typed } from './form.js'

/** The permissions of a user or a role, by API. */
export const PermissionChoices: FC<{
  readonly apis: readonly ResourceServer[]
  readonly permissions: readonly UserPermission[]
}> = ({ apis, permissions }) => (
  <>
    {withPermissions(apis).map((api) => (
      <Choices
        form={filledWith({ [api.id]: permissionsOf(api, permissions) })}
        kind="checkbox"
        name={api.id}
        label={api.name}
        options={api.scopes.map(({ value, description }) => ({ value, label: value, hint: description }))}
      />
    ))}
  </>
)

/** Those that a person gives somebody: what manages the tenant itself is for applications. */
export function withPermissions(apis: readonly ResourceServer[]): readonly ResourceServer[] {
  return apis.filter(({ scopes, is_system }) => scopes.length > 0 && is_system !== true)
}

function permissionsOf({ identifier }: ResourceServer, permissions: readonly UserPermission[]): readonly string[] {
  return permissions
    .filter(({ resource_server_identifier }) => resource_server_identifier === identifier)
    .map(({ permission_name }) => permission_name)
}

/** What is chosen in the form; what it does not show stays. */
export function chosenPermissions(
  typed: Typed,
  apis: readonly ResourceServer[],
  before: readonly UserPermission[],
): readonly UserPermission[] {
  const shown = withPermissions(apis)
  const isShown = ({ resource_server_identifier }: UserPermission) =>
    shown.some(({ identifier }) => identifier === resource_server_identifier)
  const chosen = shown.flatMap(({ id, identifier, scopes }) =>
    scopes
      .filter(({ value }) => typed[id]?.includes(value) === true)
      .map(({ value }) => ({ resource_server_identifier: identifier, permission_name: value })),
  )
  return [...before.filter((permission) => !isShown(permission)), ...chosen]
}
