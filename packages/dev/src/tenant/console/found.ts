import { PageFailure } from '../authorize-request.js'

/** @throws {PageFailure} 404. */
export function found<Entity>(entity: Entity | undefined, what: string): Entity {
  if (entity === undefined)
    throw new PageFailure(404, `No such ${what}`, 'It may have been deleted, or the tenant was started anew.')
  return entity
}
