import { type RefusalCode, RequestRefused } from 'sallyport'
import { refusalMeanings } from '../../explain/refusal-meanings.js'

/** What an API has answered. */
export interface ApiAnswer {
  readonly description?: string | undefined
  /** The codes that this description stands for: a stranger must not learn which key exists, so three have the same. */
  readonly codes: readonly RefusalCode[]
  readonly nonce?: string | undefined
  /** By how much this machine's clock is ahead of the API's; only of an answer that has just come. */
  readonly aheadSeconds?: number | undefined
}

const allCodes = Object.keys(refusalMeanings) as RefusalCode[]

/** Reads an answer as `curl -i` prints it, or its body alone. */
export function readApiAnswer(text: string): ApiAnswer {
  const description = /error_description\s*"?\s*[=:]\s*"([^"]*)"/.exec(text)?.[1]
  return {
    description,
    codes: allCodes.filter((code) => new RequestRefused(code).message === description),
    nonce: field('dpop-nonce', text),
  }
}

function field(name: string, text: string): string | undefined {
  return new RegExp(`^[<\\s]*${name}:[ \\t]*(\\S+)`, 'im').exec(text)?.[1]
}
