import { text } from 'node:stream/consumers'
import { usageMistake } from '../failure.js'

/** The client secret that somebody pipes in. @throws {CliFailure} */
export async function readSecret(): Promise<string> {
  const fix = 'sallyport token --client-secret-stdin < file-with-the-secret'
  // On a screen it would be seen, and stay in the scroll-back.
  if (process.stdin.isTTY)
    throw usageMistake('--client-secret-stdin reads from a pipe or a file, not from the keyboard.', fix)
  const secret = (await text(process.stdin)).trim()
  if (secret === '') throw usageMistake('--client-secret-stdin found nothing on stdin.', fix)
  return secret
}
