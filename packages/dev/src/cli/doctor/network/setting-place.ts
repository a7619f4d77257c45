import type { Project } from '../project.js'
import type { Place } from '../rule.js'
import { placed, settingsOf } from '../surroundings/settings-of.js'

type Placed = { readonly place?: Place }

/** Where the value stands that the project goes by, if it is in `.env`. */
export function domainPlace(project: Project): Placed {
  return placeOf(project, 'AUTH0_DOMAIN')
}

export function audiencePlace(project: Project): Placed {
  return placeOf(project, 'AUTH0_AUDIENCE')
}

export function clientIdPlace(project: Project): Placed {
  return placeOf(project, 'AUTH0_CLIENT_ID')
}

function placeOf(project: Project, name: 'AUTH0_DOMAIN' | 'AUTH0_AUDIENCE' | 'AUTH0_CLIENT_ID'): Placed {
  const used = settingsOf(project, name).find(({ value }) => value === project.environment[name])
  return used === undefined ? {} : placed(used)
}
