import type { SourceFile } from '../source-file.js'
import { textOf } from '../syntax/names.js'
import { entryOf, objectOf } from '../syntax/objects.js'
import { factoriesIn } from './factories.js'

export type DpopWish = 'allowed' | 'required' | 'disabled' | 'nonce' | 'asked for'

/** What the `createAuth` calls of a file say about DPoP; `asked for` where they say something at all. */
export function dpopModesIn(source: SourceFile): readonly DpopWish[] {
  return factoriesIn(source).flatMap(({ isSallyport, options }) =>
    isSallyport && typeof options === 'object' ? dpopWishesOf(source, options) : [],
  )
}

export function dpopWishesOf(
  source: SourceFile,
  options: NonNullable<ReturnType<typeof objectOf>>,
): readonly DpopWish[] {
  const dpop = entryOf(options, 'dpop')
  if (dpop === undefined) return ['allowed']
  const details = objectOf(source, dpop)
  const mode = textOf(details === undefined ? dpop : entryOf(details, 'mode'))
  const isMode = mode === 'required' || mode === 'disabled' || mode === 'allowed'
  return [
    'asked for',
    isMode ? mode : 'allowed',
    ...(objectOf(source, entryOf(details, 'nonce')) ? (['nonce'] as const) : []),
  ]
}
