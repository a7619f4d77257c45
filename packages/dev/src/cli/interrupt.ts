import { interruption } from './failure.js'

/**
 * Lets Ctrl-C end what waits for others. A second one ends the process at once.
 *
 * @throws {CliFailure} `interrupted`
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const abort = new AbortController()
  const stop = () => abort.abort()
  process.once('SIGINT', stop)
  try {
    return await work(abort.signal)
  } catch (error) {
    throw abort.signal.aborted ? interruption() : error
  } finally {
    process.off('SIGINT', stop)
  }
}
