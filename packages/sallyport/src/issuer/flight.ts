import { ioEndsWithRequest } from '../environment.js'

/** A load under way. */
export interface Flight<Value> {
  /** For the request that began it. */
  readonly own: Promise<Value>
  /** For every other. @throws {FlightLost} */
  join(): Promise<Value>
  /** Nobody will ever know how it ended. */
  isLost(): boolean
}

/** The request that began a load has gone, and the load with it. */
export class FlightLost extends Error {}

/** Begins a load that others can join. */
export const startFlight: <Value>(load: () => Promise<Value>) => Flight<Value> = ioEndsWithRequest
  ? startWatchedFlight
  : startSharedFlight

function startSharedFlight<Value>(load: () => Promise<Value>): Flight<Value> {
  const own = load()
  return { own, join: () => own, isLost: () => false }
}

const beatMilliseconds = 100
const lostAfterMilliseconds = 1000
const lookMilliseconds = 20

/** No promise is shared: others look for the result by timers of their own, and for a sign of life. */
function startWatchedFlight<Value>(load: () => Promise<Value>): Flight<Value> {
  let seen = performance.now()
  let landed: PromiseSettledResult<Value> | undefined
  const beat = setInterval(() => {
    seen = performance.now()
  }, beatMilliseconds)
  const land = (result: PromiseSettledResult<Value>) => {
    landed = result
    clearInterval(beat)
  }
  const own = load()
  own.then(
    (value) => land({ status: 'fulfilled', value }),
    (reason) => land({ status: 'rejected', reason }),
  )
  const isLost = () => landed === undefined && performance.now() - seen > lostAfterMilliseconds
  const join = async () => {
    while (landed === undefined) {
      if (isLost()) throw new FlightLost()
      await new Promise((resolve) => setTimeout(resolve, lookMilliseconds))
    }
    if (landed.status === 'rejected') throw landed.reason
    return landed.value
  }
  return { own, join, isLost }
}
