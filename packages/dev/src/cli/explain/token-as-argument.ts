import { type CliFailure, usageMistake } from '../failure.js'

/** As every JWT begins, encrypted ones too. What is typed on a command line goes into the shell's history, and into `ps`. */
export function looksLikeToken(parameter: string): boolean {
  return /eyJ[\w-]{10,}/.test(parameter)
}

/** Says nothing of what was typed. */
export function tokenAsArgument(): CliFailure {
  return usageMistake(
    'explain takes no token as an argument: the shell’s history and the list of processes would have it.',
    'sallyport explain < token.txt, or --file <file>, or --env <name>',
  )
}
