import type { ResourceServer } from '../model.js'

/** What people have made themselves, before what every tenant has. */
export function ownFirst(apis: readonly ResourceServer[]): readonly ResourceServer[] {
  const isSystem = ({ is_system }: ResourceServer) => is_system === true
  return [...apis.filter((api) => !isSystem(api)), ...apis.filter(isSystem)]
}
