import { DependencyUnavailable, RequestRefused, refusals } from './errors.js'
import { type EventListener, escapeForEvent } from './events.js'

/** Tells `onEvent` why a request was not admitted, in words that may be logged. */
export function reportError(error: unknown, onEvent: EventListener | undefined): void {
  if (onEvent === undefined) return
  if (error instanceof RequestRefused) {
    const { code, kid } = error
    onEvent({
      type: 'request.refused',
      code,
      error: refusals[code].error,
      ...(kid === undefined ? {} : { kid: escapeForEvent(kid) }),
    })
  } else if (error instanceof DependencyUnavailable) {
    const { dependency, retryAfterSeconds } = error
    onEvent({ type: 'request.unavailable', dependency, retryAfterSeconds })
  } else onEvent({ type: 'request.failed', ...withoutMessage(error) })
}

/** Where an unknown exception came from. Its message stays out: it may quote anything. */
function withoutMessage(error: unknown): { errorName: string; frames: readonly string[] } {
  if (!(error instanceof Error)) return { errorName: 'unknown', frames: [] }
  const lines = typeof error.stack === 'string' ? error.stack.split('\n') : []
  const frames = lines.map((line) => line.trim()).filter((line) => /^at [\w.<>[\] ]*\(?[^()]*:\d+:\d+\)?$/.test(line))
  return { errorName: escapeForEvent(error.constructor.name), frames }
}
