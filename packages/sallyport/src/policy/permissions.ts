/** The `permissions` claim of Auth0's RBAC: a list of strings, or nothing at all. */
export function parsePermissions(permissions: unknown): ReadonlySet<string> {
  const valid = Array.isArray(permissions) && permissions.every((value) => typeof value === 'string')
  return new Set(valid ? permissions : [])
}
