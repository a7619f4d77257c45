import type { Project } from '../project.js'
import type { Rule } from '../rule.js'
import { factoriesIn } from '../server/factories.js'
import { textOf } from '../syntax/names.js'
import { entryOf, isOpen } from '../syntax/objects.js'
import { knownApi } from './inventory.js'
import { audiencePlace } from './setting-place.js'

export const signingAlg: Rule = {
  code: 'signing-alg',
  severity: 'error',
  mend: { text: 'Set the signing algorithm of the API to RS256 (Dashboard: Applications > APIs > Settings).' },
  docs: 'docs/errors.md',
  check: async (project) => {
    const used = (await knownApi(project))?.signing_alg
    if (used === undefined || accepts(project, used)) return []
    const isShared = used.startsWith('HS')
    const message = isShared
      ? `The API has its tokens signed with ${used}, by a secret that the API would share with the tenant: Sallyport takes none of them.`
      : `The API has its tokens signed with ${used}, and the option 'algorithms' is RS256 where it is left out.`
    const mend = { text: `Add ${used} to the option 'algorithms', or set the API to RS256.` }
    return [{ ...audiencePlace(project), message, ...(isShared ? {} : { mend }) }]
  },
}

/** RS256 is the default; an option that is not written down may be anything. */
function accepts({ sources }: Project, algorithm: string): boolean {
  if (algorithm.startsWith('HS')) return false
  if (algorithm === 'RS256') return true
  const ours = sources.flatMap(factoriesIn).filter(({ isSallyport }) => isSallyport)
  return (
    ours.length === 0 ||
    ours.some(({ options }) => {
      if (typeof options !== 'object') return options === undefined
      const list = entryOf(options, 'algorithms')
      if (list === undefined) return isOpen(options)
      return list.type !== 'ArrayExpression' || list.elements.some((item) => textOf(item) === algorithm)
    })
  )
}
