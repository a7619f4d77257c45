import type { RefusalCode } from 'sallyport'
import type { Facts } from './facts.js'

/** What a check has to say. */
export type Finding = {
  readonly text: string
  /** What to do about it. */
  readonly advice?: string | undefined
} & (
  | { readonly verdict: 'fails'; readonly code: RefusalCode }
  | {
      /** `note`: an API takes it, yet somebody may be surprised. `unknown`: something is missing to tell. `open`: not looked at. */
      readonly verdict: 'passes' | 'note' | 'unknown' | 'open'
      /** With a note: what an API answers in the case that the note is about. */
      readonly code?: RefusalCode | undefined
    }
)

export type Check = Finding & { readonly name: string }

/** A check and its name. It says nothing where there is nothing to look at. A new one is a file and a row in checks.ts. */
export type CheckRow = readonly [
  name: string,
  run: (facts: Facts) => Finding | undefined | Promise<Finding | undefined>,
]

export function passes(text: string, advice?: string): Finding {
  return { verdict: 'passes', text, advice }
}

/** @param code What an API answers with. docs/errors.md explains it. */
export function fails(code: RefusalCode, text: string, advice?: string): Finding {
  return { verdict: 'fails', code, text, advice }
}

export function note(text: string, advice?: string, code?: RefusalCode): Finding {
  return { verdict: 'note', text, advice, code }
}

export function unknown(text: string, advice?: string): Finding {
  return { verdict: 'unknown', text, advice }
}
