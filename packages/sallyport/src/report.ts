import { DependencyUnavailable, RequestRefused, refusals, type UriMismatch } from './errors.js'
import { type EventListener, escapeForEvent } from './events.js'

/** Tells `onEvent` why a request was not admitted, in words that may be logged. */
export function reportError(error: unknown, onEvent: EventListener | undefined): void {
  if (onEvent === undefined) return
  if (error instanceof RequestRefused) {
    const { code, kid, uriMismatch } = error
    onEvent({
      type: 'request.refused',
      code,
      error: refusals[code].error,
      ...(kid === undefined ? {} : { kid: escapeForEvent(kid) }),
      ...(uriMismatch === undefined ? {} : urisForEvent(uriMismatch)),
    })
  } else if (error instanceof DependencyUnavailable) {
    const { dependency, retryAfterSeconds } = error
    onEvent({ type: 'request.unavailable', dependency, retryAfterSeconds })
  } else onEvent({ type: 'request.failed', ...withoutMessage(error) })
}

const maxUriLength = 512

/** Both were normalised, so they are ASCII without white space, double quotes or control characters. */
function urisForEvent({ expected, received }: UriMismatch): { expectedUri: string; receivedUri?: string } {
  const expectedUri = expected.slice(0, maxUriLength)
  return received === undefined ? { expectedUri } : { expectedUri, receivedUri: received.slice(0, maxUriLength) }
}

const maxFrames = 10
const maxFrameLength = 200

/** Where an unknown exception came from. Its message stays out: it may quote anything, and look like frames. */
function withoutMessage(error: unknown): { errorName: string; frames: readonly string[] } {
  if (!(error instanceof Error)) return { errorName: 'unknown', frames: [] }
  const stack = String(error.stack ?? '')
  const message = String(error.message)
  const end = stack.indexOf(message)
  // A stack that does not begin with the message cannot be told from it.
  const lines = end === -1 ? [] : stack.slice(end + message.length).split('\n', maxFrames + 1)
  const frames = lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at ') && line.length <= maxFrameLength)
  return { errorName: escapeForEvent(error.constructor.name), frames }
}
