import { type CliFailure, usageMistake } from '../failure.js'

/** Long words with dots between them. What is typed on a command line goes into the shell's history, and into `ps`. */
export function looksLikeToken(parameter: string): boolean {
  return /eyJ[\w-]{10,}/.test(parameter) || /[\w-]{20,}\.[\w-]*\.[\w-]*/.test(parameter.replace(/^https?:\/\/\S*/, ''))
}

/** Says nothing of what was typed. */
export function tokenAsArgument(): CliFailure {
  return usageMistake(
    'explain takes no token as an argument: the shell’s history and the list of processes would have it.',
    'sallyport explain < token.txt, or --file <file>, or --env <name>',
  )
}
